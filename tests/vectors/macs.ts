/**
 * Message authentication codes, all hexadecimal. HMAC-MD5: RFC 2202 section 2. HMAC-SHA1: RFC 2202 section 3. HMAC-SHA256, HMAC-SHA384: RFC 4231 section 4. AES-CMAC: RFC 4493 section 4.
 * The cases with keys of 80 and 131 bytes are left out: no key of SMB or NTLM is longer than 64, and Key refuses it.
 */

export const hmacMD5: readonly { key: string; message: string; tag: string }[] = [
	{ key: "0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b0b", message: "4869205468657265", tag: "9294727a3638bb1c13f48ef8158bfc9d" },
	{ key: "4a656665", message: "7768617420646f2079612077616e7420666f72206e6f7468696e673f", tag: "750c783e6ab0b503eaa86e310a5db738" },
	{ key: "aa".repeat(16), message: "dd".repeat(50), tag: "56be34521d144c88dbb8c733f0e8b3f6" },
	{ key: "0102030405060708090a0b0c0d0e0f10111213141516171819", message: "cd".repeat(50), tag: "697eaf0aca3a3aea3a75164746ffaa79" },
	{ key: "0c".repeat(16), message: "546573742057697468205472756e636174696f6e", tag: "56461ef2342edc00f9bab995690efd4c" },
];

export const hmacSHA256: readonly { key: string; message: string; tag: string }[] = [
	{ key: "0b".repeat(20), message: "4869205468657265", tag: "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7" },
	{ key: "4a656665", message: "7768617420646f2079612077616e7420666f72206e6f7468696e673f", tag: "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843" },
	{ key: "aa".repeat(20), message: "dd".repeat(50), tag: "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe" },
	{ key: "0102030405060708090a0b0c0d0e0f10111213141516171819", message: "cd".repeat(50), tag: "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b" },
];

export const hmacSHA1: readonly { key: string; message: string; tag: string }[] = [
	{ key: "0b".repeat(20), message: "4869205468657265", tag: "b617318655057264e28bc0b6fb378c8ef146be00" },
	{ key: "4a656665", message: "7768617420646f2079612077616e7420666f72206e6f7468696e673f", tag: "effcdf6ae5eb2fa2d27416d5f184df9c259a7c79" },
	{ key: "aa".repeat(20), message: "dd".repeat(50), tag: "125d7342b9ac11cd91a39af48aa17b4f63f175d3" },
	{ key: "0102030405060708090a0b0c0d0e0f10111213141516171819", message: "cd".repeat(50), tag: "4c9007f4026250c6bc8414f9bf50c86c2d7235da" },
];

export const hmacSHA384: readonly { key: string; message: string; tag: string }[] = [
	{ key: "0b".repeat(20), message: "4869205468657265", tag: "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6" },
	{ key: "4a656665", message: "7768617420646f2079612077616e7420666f72206e6f7468696e673f", tag: "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649" },
	{ key: "aa".repeat(20), message: "dd".repeat(50), tag: "88062608d3e6ad8a0aa2ace014c8a86f0aa635d947ac9febe83ef4e55966144b2a5ab39dc13814b94e3ab6e101a34f27" },
	{ key: "0102030405060708090a0b0c0d0e0f10111213141516171819", message: "cd".repeat(50), tag: "3e8a69b7783c25851933ab6290af6ca77a9981480850009cc5577c6e1f573b4e6801dd23c4a7d679ccf8a386c674cffb" },
];

/** RFC 4231 test case 5: the tag is cut to 16 bytes. */
export const hmacSHA256Cut = { key: "0c".repeat(20), message: "546573742057697468205472756e636174696f6e", tag: "a3b6167473100ee06e0c796c2955552b" } as const;

export const cmacKey = "2b7e1516 28aed2a6 abf71588 09cf4f3c";
export const cmac: readonly { message: string; tag: string }[] = [
	{ message: "", tag: "bb1d6929 e9593728 7fa37d12 9b756746" },
	{ message: "6bc1bee2 2e409f96 e93d7e11 7393172a", tag: "070a16b4 6b4d4144 f79bdd9d d04a287c" },
	{
		message: "6bc1bee2 2e409f96 e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51 30c81c46 a35ce411",
		tag: "dfa66747 de9ae630 30ca3261 1497c827",
	},
	{
		message: "6bc1bee2 2e409f96 e93d7e11 7393172a ae2d8a57 1e03ac9c 9eb76fac 45af8e51 30c81c46 a35ce411 e5fbc119 1a0a52ef f69f2445 df4f9b17 ad2b417b e66c3710",
		tag: "51f0bebf 7e3b9d92 fc497417 79363cfe",
	},
];

/**
 * AES-128-GMAC as [MS-SMB2] 3.1.4.1 has it, over the bytes i * 7 + 3, under the key 000102…0f. No standard has nonces of this form: computed with OpenSSL 3 (Python's cryptography).
 */
export const gmac: readonly { length: number; counter: number; flags: number; tag: string }[] = [
	{ length: 0, counter: 0, flags: 0, tag: "7346139595c0b41e497bbde365f42d0a" },
	{ length: 1, counter: 1, flags: 1, tag: "7088414d5415321a96f17acf8f51aa4a" },
	{ length: 16, counter: 4328719365, flags: 16909060, tag: "60b0c50d946790653e1fcbf886b36621" },
	{ length: 64, counter: 4294967296, flags: 2, tag: "1b0f2e668031b7476887253cb2736024" },
	{ length: 65, counter: 9007199254740991, flags: 3, tag: "d19cfb49d3d328b593ae2bd47708abec" },
	{ length: 80, counter: 4294967295, flags: 4294967295, tag: "8219b843834c15c6ecbce267054f6d1f" },
	{ length: 16384, counter: 258, flags: 0, tag: "3f3b73df9ec189407efc98cd1fc13280" },
];
