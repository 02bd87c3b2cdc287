// Packs the built pages into the one file that is embedded: for each of a page's files, and for
// each coding that it can be sent in, a line and the bytes it announces.
//
//   PATH \t MEDIA-TYPE \t CODING \t LENGTH \n  bytes
//
// CODING is identity, gzip or br. What compression makes no smaller, such as fonts, has no other.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { extname, join } from "node:path";
import { brotliCompressSync, constants, gzipSync } from "node:zlib";

const kMediaTypes = {
  ".css": "text/css; charset=utf-8",
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".svg": "image/svg+xml",
  ".woff2": "font/woff2",
};

const [directory, packed] = process.argv.slice(2);

function files(under = "") {
  return readdirSync(join(directory, under), { withFileTypes: true })
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = `${under}/${entry.name}`;
      return entry.isDirectory() ? files(path) : [path];
    });
}

function codings(bytes) {
  const brotli = { params: { [constants.BROTLI_PARAM_QUALITY]: constants.BROTLI_MAX_QUALITY } };
  const smaller = [
    ["br", brotliCompressSync(bytes, brotli)],
    ["gzip", gzipSync(bytes, { level: 9 })],
  ].filter(([, compressed]) => compressed.length < 0.95 * bytes.length);
  return [...smaller, ["identity", bytes]];
}

const parts = files().flatMap((path) => {
  const type = kMediaTypes[extname(path)];
  if (type === undefined) throw new Error(`pack.mjs: what is ${path} to be sent as?`);
  return codings(readFileSync(join(directory, path))).flatMap(([coding, bytes]) => [
    Buffer.from(`${path}\t${type}\t${coding}\t${bytes.length}\n`),
    bytes,
  ]);
});
writeFileSync(packed, Buffer.concat(parts));
