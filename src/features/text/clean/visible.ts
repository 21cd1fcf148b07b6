/** Makes changed white space and control characters visible. */
export const visible = (text: string): string =>
  text
    .replace(/ /g, '·')
    .replace(/\t/g, '⇥')
    .replace(/\r/g, '␍')
    .replace(/\n/g, '↵\n')
    .replace(/\u00ad/g, '‧')
    // Unicode has a picture of each control character.
    .replace(/[\0-\x08\x0b\x0c\x0e-\x1f]/g, (control) => String.fromCharCode(0x2400 + control.charCodeAt(0)))
    .replace(/\x7f/g, '␡')
    .replace(/[\u200b\ufeff]/g, '␣');
