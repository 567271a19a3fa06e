export async function engine() {}
