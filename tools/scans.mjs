/** Sample scans for the first start: real PDF, JPEG, PNG and TIFF files of a page of text, with the noise of a scanner. */
import { existsSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { crc32, deflateSync } from "node:zlib";
import { encodeJPEG } from "./jpeg.mjs";

const dpi = 150;
const width = 1240;
const height = 1754;

/** Letters of 5 x 7 dots: one base-32 digit for each row. */
const letters = Object.fromEntries(("Aehhvhhh Buhhuhhu Cehggghe Duhhhhhu Evgguggv Fvgguggg Gehgnhhf Hhhhvhhh Ie44444e J72222ic Khikokih Lggggggv Mhrllhhh " +
	"Nhhpljhh Oehhhhhe Puhhuggg Qehhhlid Ruhhukih Sfgge11u Tv444444 Uhhhhhhe Vhhhhha4 Whhhllla Xhha4ahh Yhhha444 Zv1248gv 0ehjlphe 14c4444e " +
	"2eh1248v 3v2421he 426aiv22 5vgu11he 668guhhe 7v124888 8ehhehhe 9ehhf12c .00000cc ,00000c8 -000e000 :0cc0cc0 /0124g00").split(" ")
	.map(glyph => [glyph[0], Array.from(glyph.slice(1), digit => parseInt(digit, 32))]));

const text = [
	"This page never lay on a scanner: it was drawn for the first",
	"run of the uploader, so that there is something to send.",
	"",
	"It is a file as scanners write them. Whoever finds it on the",
	"share may open it, look at it and delete it.",
];

/** A page of paper: grey bytes, with noise that depends on seed alone. */
function page(title, seed) {
	const pixels = Buffer.alloc(width * height);
	let random = seed;
	for (let at = 0; at < pixels.length; at++) {
		random = Math.imul(random, 1664525) + 1013904223 >>> 0;
		pixels[at] = 238 + (random >>> 28);
	}
	const draw = (line, left, top, size) => {
		for (const letter of line.toUpperCase()) {
			(letters[letter] ?? []).forEach((dots, row) => {
				for (let column = 0; column < 5; column++)
					if (dots >> 4 - column & 1)
						for (let y = 0; y < size; y++) pixels.fill(30, (top + row * size + y) * width + left + column * size, (top + row * size + y) * width + left + (column + 1) * size);
			});
			left += 6 * size;
		}
	};
	draw(title, 90, 120, 6);
	for (let paragraph = 0; paragraph < 6; paragraph++)
		text.forEach((line, index) => draw(line, 90, 260 + paragraph * 220 + index * 33, 3));
	return pixels;
}

function pdf(pages) {
	const parts = [Buffer.from("%PDF-1.4\n%\xE2\xE3\xCF\xD3\n", "latin1")];
	const offsets = [];
	const length = () => parts.reduce((sum, part) => sum + part.length, 0);
	const object = (dictionary, stream) => {
		offsets.push(length());
		parts.push(Buffer.from(`${offsets.length} 0 obj\n${dictionary}\n`));
		if (stream) parts.push(Buffer.from("stream\n"), stream, Buffer.from("\nendstream\n"));
		parts.push(Buffer.from("endobj\n"));
	};
	const first = at => 3 + at * 3;
	object("<< /Type /Catalog /Pages 2 0 R >>");
	object(`<< /Type /Pages /Count ${pages.length} /Kids [${pages.map((_, at) => `${first(at)} 0 R`).join(" ")}] >>`);
	pages.forEach((jpeg, at) => {
		const content = Buffer.from("q 595 0 0 842 0 0 cm /Scan Do Q");
		object(`<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /XObject << /Scan ${first(at) + 1} 0 R >> >> /Contents ${first(at) + 2} 0 R >>`);
		object(`<< /Type /XObject /Subtype /Image /Width ${width} /Height ${height} /ColorSpace /DeviceGray /BitsPerComponent 8 /Filter /DCTDecode /Length ${jpeg.length} >>`, jpeg);
		object(`<< /Length ${content.length} >>`, content);
	});
	const table = length();
	const entries = offsets.map(offset => `${String(offset).padStart(10, "0")} 00000 n \n`).join("");
	parts.push(Buffer.from(`xref\n0 ${offsets.length + 1}\n0000000000 65535 f \n${entries}trailer\n<< /Size ${offsets.length + 1} /Root 1 0 R >>\nstartxref\n${table}\n%%EOF\n`));
	return Buffer.concat(parts);
}

function png(pixels) {
	const rows = Buffer.alloc((width + 1) * height);
	for (let y = 0; y < height; y++) pixels.copy(rows, y * (width + 1) + 1, y * width, (y + 1) * width);
	const chunk = (type, body) => {
		const bytes = Buffer.alloc(body.length + 12);
		bytes.writeUInt32BE(body.length, 0);
		bytes.write(type, 4, "latin1");
		body.copy(bytes, 8);
		bytes.writeUInt32BE(crc32(bytes.subarray(4, body.length + 8)), body.length + 8);
		return bytes;
	};
	const header = Buffer.alloc(13);
	header.writeUInt32BE(width, 0);
	header.writeUInt32BE(height, 4);
	header[8] = 8;
	return Buffer.concat([Buffer.from("\x89PNG\r\n\x1A\n", "latin1"), chunk("IHDR", header), chunk("IDAT", deflateSync(rows, { level: 3 })), chunk("IEND", Buffer.alloc(0))]);
}

/** TIFF 6.0 class B: black on white, uncompressed, in one strip. */
function tiff(pixels) {
	const stride = width + 7 >> 3;
	const strip = Buffer.alloc(stride * height);
	for (let y = 0; y < height; y++)
		for (let x = 0; x < width; x++)
			if (pixels[y * width + x] < 128) strip[y * stride + (x >> 3)] |= 0x80 >> (x & 7);
	const [SHORT, LONG, RATIONAL] = [3, 4, 5];
	const resolutionAt = 8 + strip.length;
	const entries = [
		[256, SHORT, width], [257, SHORT, height], [258, SHORT, 1], [259, SHORT, 1], [262, SHORT, 0], [273, LONG, 8], [277, SHORT, 1],
		[278, SHORT, height], [279, LONG, strip.length], [282, RATIONAL, resolutionAt], [283, RATIONAL, resolutionAt], [296, SHORT, 2],
	];
	const tail = Buffer.alloc(8 + 2 + entries.length * 12 + 4);
	tail.writeUInt32LE(dpi, 0);
	tail.writeUInt32LE(1, 4);
	tail.writeUInt16LE(entries.length, 8);
	entries.forEach(([tag, type, value], index) => {
		const at = 10 + index * 12;
		tail.writeUInt16LE(tag, at);
		tail.writeUInt16LE(type, at + 2);
		tail.writeUInt32LE(1, at + 4);
		tail.writeUInt32LE(value, at + 8);
	});
	const header = Buffer.from("II*\0\0\0\0\0", "latin1");
	header.writeUInt32LE(resolutionAt + 8, 4);
	return Buffer.concat([header, strip, tail]);
}

const samples = {
	"scan-0001.pdf": () => pdf([1, 2].map(number => encodeJPEG(page(`Sample scan 1, page ${number}`, number), width, height, 90, dpi))),
	"Letter to Zoë.jpg": () => encodeJPEG(page("Sample scan 2", 3), width, height, 80, dpi),
	"drawing (A4).png": () => png(page("Sample scan 3", 4)),
	"fax.tiff": () => tiff(page("Sample scan 4", 5)),
};

/** Their names. */
export const sampleNames = Object.keys(samples);

/** Makes sure that folder holds the samples; those that are there already stay. */
export function writeSamples(folder) {
	mkdirSync(folder, { recursive: true });
	sampleNames.forEach((name, index) => {
		const path = join(folder, name);
		if (existsSync(path)) return;
		writeFileSync(`${path}.part`, samples[name]());
		const scanned = new Date(Date.UTC(2024, 4, 6, 9, 12 + index));
		utimesSync(`${path}.part`, scanned, scanned);
		rmSync(path, { force: true });
		renameSync(`${path}.part`, path);
	});
}
