/** hosts/esp32/platform.ts by its specifier, which only mcconfig and XS know. */
declare module "hosts/esp32/platform" {
	export * from "platform";
}
