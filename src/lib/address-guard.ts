// Which network addresses may be reached on behalf of a stranger: those of the public internet, and no others.
// https://www.iana.org/assignments/iana-ipv4-special-registry, https://www.iana.org/assignments/iana-ipv6-special-registry

import { BlockList, isIP } from 'node:net'

const notPublic = new BlockList()

const networksOf4: ReadonlyArray<readonly [network: string, prefix: number]> = [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  // Link-local: the metadata services of clouds live here.
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
]

const networksOf6: ReadonlyArray<readonly [network: string, prefix: number]> = [
  ['::', 128],
  ['::1', 128],
  // Addresses of IPv4 in another dress, and translation to it.
  ['64:ff9b::', 96],
  ['64:ff9b:1::', 48],
  ['2002::', 16],
  ['100::', 64],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['fc00::', 7],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]

for (const [network, prefix] of networksOf4) notPublic.addSubnet(network, prefix, 'ipv4')
for (const [network, prefix] of networksOf6) notPublic.addSubnet(network, prefix, 'ipv6')

/** @param address an IPv4 or IPv6 address, without brackets; anything else is not public */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 0) return false
  // `::ffff:10.0.0.1` is checked as the IPv4 address that it is: BlockList does so by itself.
  return !notPublic.check(address, version === 4 ? 'ipv4' : 'ipv6')
}
