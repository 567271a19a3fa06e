/** An ESP32 without PSRAM, with an SD card by SPI and Wi-Fi. The SDK asks each board for this module; pins that the application uses stand in manifest.json's "config". */
import Digital from "embedded:io/digital";

export default { io: { Digital } };
