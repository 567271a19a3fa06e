/** Why the Wi-Fi was last disconnected: the native face of xs_wifi_reason.c. For boards with Wi-Fi. */

/** Begins to watch. Once, after the SDK's interface was opened. */
export function watchDisconnects(this: void): void { native("xs_wifi_watchDisconnects").call(this); }
/** ESP-IDF's wifi_err_reason_t of the last time, 0 before there was one: see joinTrouble() of ../join-trouble.ts. */
export function disconnectReason(this: void): number { return native("xs_wifi_disconnectReason").call(this); }
