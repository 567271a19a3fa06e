/** The specifier "platform". A file of its own, for XS takes the relative imports of what it stands for relative to the specifier: that has to be its folder's. */
export * from "hosts/esp32/platform";
