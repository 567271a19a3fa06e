/** The SDK's "mc/config" for Node: no setting was given. */
export default Object.freeze({} as Record<string, unknown>);
