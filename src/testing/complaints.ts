/** What Dawn said of this file's shaders and calls. A test that provokes a complaint takes it out again. */
export const complaints: string[] = [];
