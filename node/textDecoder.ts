/**
 * Node to 24 reads Windows-1252 that it is given at once as Latin 1, so that ’ is a control character: nodejs/node#56542.
 * Browsers do not, nor does Node where it is given in pieces; so it is, for libraries too.
 */
const CURLY = Uint8Array.of(0x92);

if (new TextDecoder('windows-1252').decode(CURLY) !== '\u2019') {
  const { decode } = TextDecoder.prototype;
  TextDecoder.prototype.decode = function (bytes, options) {
    if (this.encoding !== 'windows-1252' || options?.stream || bytes === undefined)
      return decode.call(this, bytes, options);
    return decode.call(this, bytes, { stream: true }) + decode.call(this);
  };
}
