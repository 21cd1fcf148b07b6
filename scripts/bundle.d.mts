export function bundled(root: string, name: string): Promise<string>;
