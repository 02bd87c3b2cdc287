#include "engine/task_tokens.h"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>

#include "cloud/error.h"
#include "engine/codec.h"
#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr const char* kKey = "X";
constexpr std::size_t kTaskSize = 16;
constexpr std::size_t kSealSize = 32;

}  // namespace

void TaskTokens::open(const Store& store) {
  std::string key;
  if (!store.get(Family::config, kKey, &key)) return;
  key_ = std::move(key);
  written_ = true;
}

std::string TaskTokens::seal(std::string_view task) const {
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), key_.data(), static_cast<int>(key_.size()),
       reinterpret_cast<const unsigned char*>(task.data()), task.size(), digest.data(), &size);
  return {reinterpret_cast<const char*>(digest.data()), kSealSize};
}

std::string TaskTokens::make(Turn& turn, const TaskRef& task) {
  if (!written_) turn.batch.put(Family::config, kKey, key_);
  written_ = true;
  std::string bytes = Encoder().u64(task.execution).u64(task.task).bytes();
  bytes += seal(bytes);
  return hex(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
}

TaskRef TaskTokens::read(const std::string& token) const {
  const auto bytes = from_hex(token);
  const bool whole = bytes && bytes->size() == kTaskSize + kSealSize;
  const std::string expected = whole ? seal(std::string_view(*bytes).substr(0, kTaskSize)) : "";
  if (!whole || CRYPTO_memcmp(expected.data(), bytes->data() + kTaskSize, kSealSize) != 0) {
    throw cloud::Error("InvalidToken", "Invalid Token: 'Invalid token'");
  }
  Decoder in(*bytes);
  const std::uint64_t execution = in.u64();
  return {execution, in.u64()};
}

}  // namespace doorbuster::engine
