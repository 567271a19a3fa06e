/**
 * Kerberos's cryptography, all hexadecimal but for passwords and salts. String-to-key and ciphertext stealing: RFC 3962 B. The keys derived for
 * usage 2 with SHA-1: MIT Kerberos, t_derive.c; what MIT sealed with SHA-1: t_decrypt.c. Everything with SHA-2: RFC 8009 A.
 */

/** PBKDF2 and what becomes of it: AES-128 takes the first 16 bytes of pbkdf2. salt is hexadecimal where it begins with 0x. */
export const stringToKey: readonly { iterations: number; password: string; salt: string; pbkdf2: string; aes128: string; aes256: string }[] = [
	{
		iterations: 1, password: "password", salt: "ATHENA.MIT.EDUraeburn", pbkdf2: "cdedb5281bb2f801565a1122b25635150ad1f7a04bb9f3a333ecc0e2e1f70837",
		aes128: "42263c6e89f4fc28b8df68ee09799f15", aes256: "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161",
	},
	{
		iterations: 2, password: "password", salt: "ATHENA.MIT.EDUraeburn", pbkdf2: "01dbee7f4a9e243e988b62c73cda935da05378b93244ec8f48a99e61ad799d86",
		aes128: "c651bf29e2300ac27fa469d693bdda13", aes256: "a2e16d16b36069c135d5e9d2e25f896102685618b95914b467c67622225824ff",
	},
	{
		iterations: 1200, password: "password", salt: "ATHENA.MIT.EDUraeburn", pbkdf2: "5c08eb61fdf71e4e4ec3cf6ba1f5512ba7e52ddbc5e5142f708a31e2e62b1e13",
		aes128: "4c01cd46d632d01e6dbe230a01ed642a", aes256: "55a6ac740ad17b4846941051e1e8b0a7548d93b0ab30a8bc3ff16280382b8c2a",
	},
	{
		iterations: 5, password: "password", salt: "0x1234567878563412", pbkdf2: "d1daa78615f287e6a1c8b120d7062a493f98d203e6be49a6adf4fa574b6e64ee",
		aes128: "e9b23d52273747dd5c35cb55be619d8e", aes256: "97a4e786be20d81a382d5ebc96d5909cabcdadc87ca48f574504159f16c36e31",
	},
	{
		iterations: 1200, password: "X".repeat(64), salt: "pass phrase equals block size", pbkdf2: "139c30c0966bc32ba55fdbf212530ac9c5ec59f1a452f5cc9ad940fea0598ed1",
		aes128: "59d1bb789a828b1aa54ef9c2883f69ed", aes256: "89adee3608db8bc71f1bfbfe459486b05618b70cbae22092534e56c553ba4b34",
	},
	{
		iterations: 1200, password: "X".repeat(65), salt: "pass phrase exceeds block size", pbkdf2: "9ccad6d468770cd51b10e6a68721be611a8b4d282601db3b36be9246915ec82a",
		aes128: "cb8005dc5f90179a7f02104c0018751d", aes256: "d78c5c9cb872a8c9dad4697f0bb5b2d21496c82beb2caeda2112fceea057401b",
	},
	{
		iterations: 50, password: "\u{1D11E}", salt: "EXAMPLE.COMpianist", pbkdf2: "6b9cf26d45455a43a5b8bb276a403b39e7fe37a0c41e02c281ff3069e1e94f52",
		aes128: "f149c1f2e154a73452d43e7fe62a56e5", aes256: "4b6d9839f84406df1f09cc166db4b83c571848b784a3d6bdc346589a3e393f9e",
	},
];

/** RFC 8009 A: 32768 iterations over the password "password"; the salt is 16 random bytes and ATHENA.MIT.EDUraeburn. */
export const stringToKeySHA2 = {
	iterations: 32768, password: "password", salt: "10df9dd783e5bc8acea1730e74355f61" + "415448454e412e4d49542e4544557261656275726e",
	aes128: "089bca48b105ea6ea77ca5d2f39dc5e7", aes256: "45bd806dbf6a833a9cffc1c94589a222367a79bc21c413718906e9f578a78467",
} as const;

/** Each over the beginning of "I would like the General Gau's Chicken, please, and wonton soup." */
export const ctsKey = "636869636b656e207465726979616b69";
export const cts: readonly string[] = [
	"c6353568f2bf8cb4d8a580362da7ff7f97",
	"fc00783e0efdb2c1d445d4c8eff7ed2297687268d6ecccc0c07b25e25ecfe5",
	"39312523a78662d5be7fcbcc98ebf5a897687268d6ecccc0c07b25e25ecfe584",
	"97687268d6ecccc0c07b25e25ecfe584b3fffd940c16a18c1b5549d2f838029e39312523a78662d5be7fcbcc98ebf5",
	"97687268d6ecccc0c07b25e25ecfe5849dad8bbb96c4cdc03bc103e1a194bbd839312523a78662d5be7fcbcc98ebf5a8",
	"97687268d6ecccc0c07b25e25ecfe58439312523a78662d5be7fcbcc98ebf5a84807efe836ee89a526730dbc2f7bc8409dad8bbb96c4cdc03bc103e1a194bbd8",
];

/** Kc, Ke and Ki for key usage 2. */
export const derived: readonly { etype: number; key: string; kc: string; ke: string; ki: string }[] = [
	{ etype: 17, key: "42263c6e89f4fc28b8df68ee09799f15", kc: "34280a382bc92769b2da2f9ef066854b", ke: "5b14fc4e250e14ddf9dccf1af6674f53", ki: "4ed31063621684f09ae8d89991af3e8f" },
	{
		etype: 18, key: "fe697b52bc0d3ce14432ba036a92e65bbb52280990a2fa27883998d72af30161",
		kc: "bfab388bdcb238e9f9c98d6a878304f04d30c82556375ac507a7a852790f4674", ke: "c7cfd9cd75fe793a586a542d87e0d1396f1134a104bb1a9190b8c90ada3ddf37",
		ki: "97151b4c76945063e2eb0529dc067d97d7bba90776d8126d91f34f3101aea8ba",
	},
	{ etype: 19, key: "3705d96080c17728a0e800eab6e0d23c", kc: "b31a018a48f54776f403e9a396325dc3", ke: "9b197dd1e8c5609d6e67c3e37c62c72e", ki: "9fda0e56ab2d85e1569a688696c26a6c" },
	{
		etype: 20, key: "6d404d37faf79f9df0d33568d320669800eb4836472ea8a026d16b7182460c52", kc: "ef5718be86cc84963d8bbb5031e9f5c4ba41f28faf69e73d",
		ke: "56ab22bee63d82d7bc5227f6773f8ea7a5eb1c825160c38312980c442e5c7e49", ki: "69b16514e3cd8e56b82010d5c73012b622c4d00ffc23ed1f",
	},
];

/** RFC 8009 A, with the keys above for usage 2: a confounder, what follows it, and what both come to. */
export const sealed: readonly { etype: number; confounder: string; plain: string; sealed: string }[] = [
	{ etype: 19, confounder: "7e5895eaf2672435bad817f545a37148", plain: "", sealed: "ef85fb890bb8472f4dab20394dca781dad877eda39d50c870c0d5a0a8e48c718" },
	{ etype: 19, confounder: "7bca285e2fd4130fb55b1a5c83bc5b24", plain: "000102030405", sealed: "84d7f30754ed987bab0bf3506beb09cfb55402cef7e6877ce99e247e52d16ed4421dfdf8976c" },
	{
		etype: 19, confounder: "56ab21713ff62c0a1457200f6fa9948f", plain: "000102030405060708090a0b0c0d0e0f",
		sealed: "3517d640f50ddc8ad3628722b3569d2ae07493fa8263254080ea65c1008e8fc295fb4852e7d83e1e7c48c37eebe6b0d3",
	},
	{
		etype: 19, confounder: "a7a4e29a4728ce10664fb64e49ad3fac", plain: "000102030405060708090a0b0c0d0e0f1011121314",
		sealed: "720f73b18d9859cd6ccb4346115cd336c70f58edc0c4437c5573544c31c813bce1e6d072c186b39a413c2f92ca9b8334a287ffcbfc",
	},
	{ etype: 20, confounder: "f764e9fa15c276478b2c7d0c4e5f58e4", plain: "", sealed: "41f53fa5bfe7026d91faf9be959195a058707273a96a40f0a01960621ac612748b9bbfbe7eb4ce3c" },
	{
		etype: 20, confounder: "b80d3251c1f6471494256ffe712d0b9a", plain: "000102030405",
		sealed: "4ed7b37c2bcac8f74f23c1cf07e62bc7b75fb3f637b9f559c7f664f69eab7b6092237526ea0d1f61cb20d69d10f2",
	},
	{
		etype: 20, confounder: "53bf8a0d105265d4e276428624ce5e63", plain: "000102030405060708090a0b0c0d0e0f",
		sealed: "bc47ffec7998eb91e8115cf8d19dac4bbbe2e163e87dd37f49beca92027764f68cf51f14d798c2273f35df574d1f932e40c4ff255b36a266",
	},
	{
		etype: 20, confounder: "763e65367e864f02f55153c7e3b58af1", plain: "000102030405060708090a0b0c0d0e0f1011121314",
		sealed: "40013e2df58e8751957d2878bcd2d6fe101ccfd556cb1eae79db3c3ee86429f2b2a602ac86fef6ecb647d6295fae077a1feb517508d2c16b4192e01f62",
	},
];

/** RFC 8009 A: checksums over 000102…14 for usage 2. */
export const checksums: readonly { etype: number; checksum: string }[] = [
	{ etype: 19, checksum: "d78367186643d67b411cba9139fc1dee" },
	{ etype: 20, checksum: "45ee791567eefca37f4ac1e0222de80d43c3bfa06699672a" },
];

/** What MIT Kerberos sealed, to be opened. */
export const opened: readonly { etype: number; usage: number; key: string; plain: string; sealed: string }[] = [
	{ etype: 17, usage: 0, key: "5a5c0f0ba54f3828b2195e66ca24a289", plain: "", sealed: "49ff8e11c173d9583a3254fbe7b1f1df36c538e8416784a1672e6676" },
	{ etype: 17, usage: 1, key: "98450e3f3baa13f5c99beb936981b06f", plain: "1", sealed: "f86742f537b35dc2174a4dbaa920faf9042090b065e1ebb1cad9a65394" },
	{ etype: 17, usage: 2, key: "9062430c8cda3388922e6d6a509f5b7a", plain: "9 bytesss", sealed: "68fb9679601f45c78857b2bf820fd6e53eca8d42fd4b1d7024a09205abb7cd2ec26c355d2f" },
	{
		etype: 17, usage: 4, key: "dceeb70b3de76562e689226c76429148", plain: "30 bytes bytes bytes bytes byt",
		sealed: "c96081032d5d8eeb7e32b4089f789d0faa481dea74c0f97cbf3146ddfcf8e800156ecb532fc203e30ff600b63b350939fece510f02d7ff1e7bac",
	},
	{ etype: 18, usage: 0, key: "17f275f2954f2ed1f90c377ba7f4d6a369aa0136e0bf0c927ad6133c693759a9", plain: "", sealed: "e5094c55ee7b38262e2b044280b069379a95bf95bd8376fb3281b435" },
	{ etype: 18, usage: 1, key: "b9477e1ff0329c0050e20ce6c72d2dff27e8fe541ab0954429a9cb5b4f7b1e2a", plain: "1", sealed: "406150b97aeb76d43b36b62cc1ecdfbe6f40e95755e0beb5c27825f3a4" },
	{
		etype: 18, usage: 3, key: "e5a72be9b7926c1225bafef9c1872e7ba4cdb2b17893d84abd90acdd8764d966", plain: "13 bytes byte",
		sealed: "d8f1aafeec84587cc3e700a774e56651a6d693e174ec4473b5e6d96f80297a653fb818ad893e719f96",
	},
	{
		etype: 18, usage: 4, key: "f1c795e9248a09338d82c3f8d5b567040b0110736845041347235b1404231398", plain: "30 bytes bytes bytes bytes byt",
		sealed: "d1137a4d634cfece924dbc3bf6790648bd5cff7de0e7b99460211d0daef3d79a295c688858f3b34b9cbd6eebae81daf6b734d4d498b6714f1c1d",
	},
];
