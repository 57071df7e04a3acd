import { isForbiddenAddress, isPublicAddress, Networks } from './address.ranges.js';

describe('addresses of the public internet', () => {
  it.each(['1.1.1.1', '93.184.215.14', '172.32.0.1', '100.128.0.1', '2606:4700::1111', '2a00::1'])(
    'has %s',
    (address) => expect(isPublicAddress(address)).toBe(true),
  );

  it.each([
    ['this machine', '127.0.0.1'],
    ['this machine, by another of its addresses', '127.8.9.10'],
    ['this machine, by IPv6', '::1'],
    ['any interface', '0.0.0.0'],
    ['any interface, by IPv6', '::'],
    ['a private network', '10.20.30.40'],
    ['a private network', '172.31.255.255'],
    ['a private network', '192.168.0.1'],
    ['carrier-grade NAT', '100.64.0.1'],
    ['link-local', '169.254.1.1'],
    ['a metadata service', '169.254.169.254'],
    ['a metadata service that looks public', '168.63.129.16'],
    ['protocol assignments', '192.0.0.192'],
    ['benchmarks', '198.18.0.1'],
    ['examples', '203.0.113.7'],
    ['multicast', '224.0.0.1'],
    ['reserved', '250.0.0.1'],
    ['broadcast', '255.255.255.255'],
    ['a unique local address', 'fd12:3456::1'],
    ['link-local IPv6', 'fe80::1'],
    ['link-local IPv6 with a zone', 'fe80::1%eth0'],
    ['site-local IPv6', 'fec0::1'],
    ['multicast IPv6', 'ff02::1'],
    ['mapped IPv4', '::ffff:127.0.0.1'],
    ['mapped IPv4 that is public', '::ffff:1.1.1.1'],
    ['mapped IPv4 in hexadecimal', '::ffff:7f00:1'],
    ['compatible IPv4', '::127.0.0.1'],
    ['translated IPv4', '::ffff:0:127.0.0.1'],
    ['NAT64', '64:ff9b::a00:1'],
    ['local NAT64', '64:ff9b:1::a00:1'],
    ['6to4', '2002:7f00:1::'],
    ['Teredo', '2001::7f00:1'],
    ['ORCHID', '2001:20::1'],
    ['examples in IPv6', '2001:db8::1'],
    ['newer examples in IPv6', '3fff::1'],
    ['IPv6 that nobody was given', '4000::1'],
    ['no address', 'localhost'],
    ['a decimal number', '2130706433'],
  ])('lacks %s: %s', (_what, address) => expect(isPublicAddress(address)).toBe(false));

  it.each([
    '169.254.169.254',
    'fd00:ec2::254',
    'FD00:EC2:0:0:0:0:0:254',
    'fd20:ce::254',
    '::ffff:10.0.0.1',
  ])('names %s as nobody may allow it', (address) =>
    expect(isForbiddenAddress(address)).toBe(true),
  );

  it.each(['10.0.0.1', '127.0.0.1', '::1', 'fd00:ec2::253', '192.168.1.1'])(
    'leaves it to the operator whether %s is allowed',
    (address) => {
      expect(isForbiddenAddress(address)).toBe(false);
      expect(isPublicAddress(address)).toBe(false);
    },
  );
});

describe('Networks', () => {
  it('compares an address with networks of its own version alone', () => {
    const networks = new Networks(['10.0.0.0/8', 'fd00::/8', '192.168.7.7']);
    expect(networks.has('10.255.0.1')).toBe(true);
    expect(networks.has('fdff::1')).toBe(true);
    expect(networks.has('192.168.7.7')).toBe(true);
    expect(networks.has('192.168.7.8')).toBe(false);
    expect(networks.has('::ffff:10.0.0.1')).toBe(false);
    expect(new Networks(['::ffff:0:0/96']).has('10.0.0.1')).toBe(false);
  });
});
