// Checksums of two texts made one of both, without the texts.
#pragma once

#include <cstdint>

namespace doorbuster::engine {

// The polynomials that S3 knows, bits reflected, x^0 on top. All three begin with all bits set and
// end inverted, which is what lets them be combined like this.
inline constexpr std::uint32_t kCrc32 = 0xedb88320U;
inline constexpr std::uint32_t kCrc32c = 0x82f63b78U;
inline constexpr std::uint64_t kCrc64Nvme = 0x9a6c9329ac4bc9b5U;

// a * b modulo the polynomial; all bits reflected.
template <class Word>
constexpr Word multiply_modulo(Word polynomial, Word a, Word b) {
  Word product = 0;
  for (Word bit = Word{1} << (8 * sizeof(Word) - 1); bit != 0; bit >>= 1) {
    if ((a & bit) != 0) product ^= b;
    b = (b >> 1) ^ ((b & 1) != 0 ? polynomial : 0);
  }
  return product;
}

// The CRC of a text and another of `bytes` bytes behind it, of their CRCs: what comes behind moves
// the first by x^8 for each of its bytes. Mark Adler's method,
// https://stackoverflow.com/questions/23122312/crc-calculation-of-a-mostly-static-data-stream
template <class Word>
constexpr Word combine_crc(Word polynomial, Word first, Word second, std::uint64_t bytes) {
  constexpr Word kOne = Word{1} << (8 * sizeof(Word) - 1);
  Word shift = kOne;
  for (Word square = kOne >> 8; bytes != 0; bytes >>= 1) {
    if ((bytes & 1) != 0) shift = multiply_modulo(polynomial, square, shift);
    square = multiply_modulo(polynomial, square, square);
  }
  return multiply_modulo(polynomial, shift, first) ^ second;
}

}  // namespace doorbuster::engine
