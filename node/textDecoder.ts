/**
 * Works around nodejs/node#56542: Node up to 24 decodes Windows-1252 in one call as Latin-1, so ’ is a control
 * character. Browsers don't, nor does Node in streaming mode, which this decoder always uses, for libraries too.
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
