/** Dawn's messages on this file's shaders and calls. A test that provokes a message removes it again. */
export const complaints: string[] = [];
