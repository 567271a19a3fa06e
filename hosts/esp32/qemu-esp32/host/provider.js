/** Espressif's QEMU as an ESP32: scans in the flash image, Ethernet by its open_eth card. The SDK asks each board for this module; pins that the application uses stand in manifest.json's "config". */
import Digital from "embedded:io/digital";

export default { io: { Digital } };
