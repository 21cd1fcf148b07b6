export function isBuilt(root: string): boolean;
export function recordBuild(root: string): void;
