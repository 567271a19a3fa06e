/**
 * Message digests. MD4: RFC 1320 A.5. MD5: RFC 1321 A.5 (the same messages). SHA-1, SHA-256, SHA-384, SHA-512: the example values
 * that NIST publishes with FIPS 180-4. Messages are ASCII, digests hexadecimal.
 */
import { DigestAlgorithm } from "../../hosts/crypto/digest.js";

const alphabet = "abcdefghijklmnopqrstuvwxyz";
const alphanumeric = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
const digits = "12345678901234567890123456789012345678901234567890123456789012345678901234567890";
const bits448 = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
const bits896 = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmnhijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

export const digests: readonly { name: string; algorithm: number; length: number; values: readonly (readonly [message: string, digest: string])[]; million?: string }[] = [
	{
		name: "MD4", algorithm: DigestAlgorithm.MD4, length: 16,
		values: [
			["", "31d6cfe0d16ae931b73c59d7e0c089c0"],
			["a", "bde52cb31de33e46245e05fbdbd6fb24"],
			["abc", "a448017aaf21d8525fc10ae87aa6729d"],
			["message digest", "d9130a8164549fe818874806e1c7014b"],
			[alphabet, "d79e1c308aa5bbcdeea8ed63df412da9"],
			[alphanumeric, "043f8582f241db351ce627e153e7f0e4"],
			[digits, "e33b4ddc9c38f2199c3e7b164fcc0536"],
		],
	},
	{
		name: "MD5", algorithm: DigestAlgorithm.MD5, length: 16,
		values: [
			["", "d41d8cd98f00b204e9800998ecf8427e"],
			["a", "0cc175b9c0f1b6a831c399e269772661"],
			["abc", "900150983cd24fb0d6963f7d28e17f72"],
			["message digest", "f96b697d7cb7938d525a2f31aaf161d0"],
			[alphabet, "c3fcd3d76192e4007dfb496cca67e13b"],
			[alphanumeric, "d174ab98d277d9f5a5611c2c9f419d9f"],
			[digits, "57edf4a22be3c955ac49da2e2107b67a"],
		],
	},
	{
		name: "SHA-1", algorithm: DigestAlgorithm.SHA1, length: 20,
		values: [
			["", "da39a3ee5e6b4b0d3255bfef95601890afd80709"],
			["abc", "a9993e364706816aba3e25717850c26c9cd0d89d"],
			[bits448, "84983e441c3bd26ebaae4aa1f95129e5e54670f1"],
		],
		million: "34aa973cd4c4daa4f61eeb2bdbad27316534016f",
	},
	{
		name: "SHA-256", algorithm: DigestAlgorithm.SHA256, length: 32,
		values: [
			["", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"],
			["abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"],
			[bits448, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"],
		],
		million: "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0",
	},
	{
		name: "SHA-384", algorithm: DigestAlgorithm.SHA384, length: 48,
		values: [
			["", "38b060a751ac96384cd9327eb1b1e36a21fdb71114be07434c0cc7bf63f6e1da274edebfe76f65fbd51ad2f14898b95b"],
			["abc", "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed8086072ba1e7cc2358baeca134c825a7"],
			[bits896, "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712fcc7c71a557e2db966c3e9fa91746039"],
		],
		million: "9d0e1809716474cb086e834e310a4a1ced149e9c00f248527972cec5704c2a5b07b8b3dc38ecc4ebae97ddd87f3d8985",
	},
	{
		name: "SHA-512", algorithm: DigestAlgorithm.SHA512, length: 64,
		values: [
			["", "cf83e1357eefb8bdf1542850d66d8007d620e4050b5715dc83f4a921d36ce9ce47d0d13c5d85f2b0ff8318d2877eec2f63b931bd47417a81a538327af927da3e"],
			["abc", "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f"],
			[bits896, "8e959b75dae313da8cf4f72814fc143f8f7779c6eb9f7fa17299aeadb6889018501d289e4900f7e4331b99dec4b5433ac7d329eeb6dd26545e96e55b874be909"],
		],
		million: "e718483d0ce769644e2e42c7bc15b4638e1f98b13b2044285632a803afa973ebde0ff244877ea60a4cb0432ce577c31beb009c5c2c49aa2e4eadb217ad8cc09b",
	},
];
