export async function time() {}
