export async function link() {}
