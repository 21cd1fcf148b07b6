/** Office text documents as programs write them, part by part. */
import { zipSync } from 'fflate';

const utf8 = (text: string): Uint8Array => new TextEncoder().encode(text);

/** A ZIP file of texts, by path. */
export const zipped = (parts: Readonly<Record<string, string>>): Uint8Array =>
  zipSync(Object.fromEntries(Object.entries(parts).map(([name, text]) => [name, utf8(text)])));

/** Words in several runs, parts that aren't text, and a table. */
export const DOCX = zipped({
  '[Content_Types].xml': '<Types/>',
  'word/document.xml': `<w:document><w:body>
    <w:p><w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr><w:r><w:t>Call me</w:t></w:r><w:r><w:t xml:space="preserve"> Ishmael &amp; Co.</w:t></w:r></w:p>
    <w:p><w:r><w:instrText> PAGE </w:instrText></w:r><w:del><w:r><w:delText>No</w:delText><w:t>No</w:t></w:r></w:del><w:r><w:t>Some</w:t><w:tab/><w:t>years</w:t><w:br/><w:t>ago</w:t></w:r></w:p>
    <w:tbl><w:tr><w:tc><w:p><w:r><w:t>Ship</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>Men</w:t></w:r></w:p></w:tc></w:tr></w:tbl></w:body></w:document>`,
  'docProps/core.xml':
    '<cp:coreProperties><dc:title>Loomings</dc:title><dc:language>en-US</dc:language><dcterms:created>1851-10-18T00:00:00Z</dcterms:created></cp:coreProperties>',
});
/** A heading with a comment, and a title that contains a tag. */
export const ODT = zipped({
  mimetype: 'application/vnd.oasis.opendocument.text',
  'content.xml': `<office:document-content><office:body><office:text><text:h>Loomings</text:h>
    <text:p>Call <text:span>me</text:span><text:s/>Ishmael.<office:annotation><text:p>Who?</text:p></office:annotation></text:p></office:text></office:body></office:document-content>`,
  'meta.xml': '<office:meta><dc:title>The &lt;b&gt; whale</dc:title></office:meta>',
});
