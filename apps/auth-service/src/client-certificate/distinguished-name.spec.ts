import { readDer } from './der.reader.js';
import { canonicalNameOfDer, canonicalNameOfText } from './distinguished-name.js';

/** Length and tag around the parts; short enough for one octet of length. */
function der(tag: number, ...parts: Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  return Buffer.concat([Buffer.from([tag, content.length]), content]);
}

const UTF8 = 0x0c;
const PRINTABLE = 0x13;
const CN = Buffer.from('0603550403', 'hex');
const O = Buffer.from('060355040a', 'hex');

const attribute = (type: Buffer, tag: number, value: string | Buffer) =>
  der(0x30, type, der(tag, Buffer.from(value)));

/** A name of relative names, most significant first as in a certificate. */
function nameOf(...relativeNames: Buffer[][]): string {
  const name = der(0x30, ...relativeNames.map((attributes) => der(0x31, ...attributes)));
  return canonicalNameOfDer(readDer(name)[0]);
}

describe('a distinguished name', () => {
  it('is the same as a text and in a certificate, which has it the other way round', () => {
    const name = nameOf([attribute(O, UTF8, 'Example')], [attribute(CN, UTF8, 'shop')]);
    expect(canonicalNameOfText('CN=shop,O=Example')).toBe(name);
    expect(canonicalNameOfText('2.5.4.3=shop,o=Example')).toBe(name);
    expect(canonicalNameOfText('CN=\\73hop,O=#0C074578616D706C65')).toBe(name);
    expect(canonicalNameOfText('O=Example,CN=shop')).not.toBe(name);
  });

  it('is the same however its text is encoded', () => {
    const names = [
      nameOf([attribute(CN, UTF8, 'shop')]),
      nameOf([attribute(CN, PRINTABLE, 'shop')]),
      nameOf([attribute(CN, 0x1e, Buffer.from('shop', 'utf16le').swap16())]),
    ];
    expect(new Set(names)).toEqual(new Set([canonicalNameOfText('CN=shop')]));
  });

  it('has the attributes of one relative name in any order', () => {
    const [cn, o] = [attribute(CN, UTF8, 'shop'), attribute(O, UTF8, 'Example')];
    expect(nameOf([cn, o])).toBe(canonicalNameOfText('O=Example+CN=shop'));
    expect(nameOf([cn, o])).not.toBe(canonicalNameOfText('CN=shop,O=Example'));
  });

  it.each([
    ['a comma in a value', 'shop,O=Example', 'CN=shop\\,O\\=Example', 'CN=shop,O=Example'],
    ['a plus sign in a value', 'shop+O=Example', 'CN=shop\\+O=Example', 'CN=shop+O=Example'],
    ['a backslash', 'shop\\', 'CN=shop\\\\', 'CN=shop'],
    ['a space at the end', 'shop ', 'CN=shop\\ ', 'CN=shop'],
    ['a space at the start', ' shop', 'CN=\\ shop', 'CN=shop'],
    ['two spaces', 'my  shop', 'CN=my  shop', 'CN=my shop'],
    ['another case', 'Shop', 'CN=Shop', 'CN=shop'],
    ['a NUL', 'shop\0', 'CN=shop\\00', 'CN=shop'],
    ['a number sign', '#0C0473686F70', 'CN=\\#0C0473686F70', 'CN=#0C0473686F70'],
    ['letters beyond ASCII', 'Läden', 'CN=L\\C3\\A4den', 'CN=Laden'],
    ['a letter of another alphabet', 'sh\u043ep', 'CN=sh\\D0\\BEp', 'CN=shop'],
    ['a combining accent', 'La\u0308den', 'CN=La\\CC\\88den', 'CN=Läden'],
    ['a byte order mark', '\ufeffshop', 'CN=\\EF\\BB\\BFshop', 'CN=shop'],
  ])('with %s is itself and no other', (_, value, itself, other) => {
    const name = nameOf([attribute(CN, UTF8, value)]);
    expect(canonicalNameOfText(itself)).toBe(name);
    expect(canonicalNameOfText(other)).not.toBe(name);
  });

  it('that is not the text that it says is compared by its bytes', () => {
    const broken = nameOf([attribute(CN, UTF8, Buffer.from([0xff]))]);
    expect(broken).toBe(canonicalNameOfText('CN=#0C01FF'));
    expect(broken).not.toBe(canonicalNameOfText('CN=\\EF\\BF\\BD'));
  });

  it.each([
    ['', /empty/],
    ['shop', /not type=value/],
    ['CN=', /no value/],
    ['CN=shop,', /not type=value/],
    ['CN=shop, O=Example', /no attribute type/],
    ['SN=7', /no attribute type/],
    ['2.05.4=shop', /no attribute type/],
    ['CN= shop', /space/],
    ['CN=shop ,O=Example', /space/],
    ['CN="shop"', /escaped/],
    ['CN=shop;O=Example', /escaped/],
    ['CN=shop\\', /escaped/],
    ['CN=shop\\x', /escaped/],
    ['CN=a\0b', /escaped/],
    ['CN=\\FF', /UTF-8/],
    ['CN=#0C', /length|end|hex/],
    ['CN=#0C0', /hex/],
    ['CN=#0C01610C0162', /hex/],
  ])('is refused as %j', (text, message) => {
    expect(() => canonicalNameOfText(text)).toThrow(message);
  });

  it.each([
    ['an indefinite length', '3080'],
    ['a length beyond the end', '3005'],
    ['a length that is not minimal', '308100'],
    ['a tag of several octets', '3f0100'],
    ['an attribute of three members', '300d310b30090603550403 0c00 0500'.replaceAll(' ', '')],
    ['an identifier without end', '300a310830060601800c0161'],
  ])('in DER is refused with %s', (_, hex) => {
    expect(() => canonicalNameOfDer(readDer(Buffer.from(hex, 'hex'))[0])).toThrow();
  });
});
