// The key that messages to HTTP endpoints are signed with, and its certificate.
// https://docs.aws.amazon.com/sns/latest/dg/sns-verify-signature-of-message.html
#pragma once

#include <openssl/types.h>

#include <memory>
#include <string>
#include <string_view>

namespace doorbuster::engine {

// RSA, 2048 bits. Immutable; all members may be called from any thread.
class SigningKey {
 public:
  // A new key with a certificate that it signed itself, as PEM. Takes about a tenth of a second and
  // the machine's randomness. Throws std::runtime_error.
  static std::string generate();

  // Throws std::invalid_argument if the text is not what generate() made.
  explicit SigningKey(std::string pem);

  const std::string& pem() const { return pem_; }
  // The certificate alone, as PEM.
  const std::string& certificate() const { return certificate_; }

  // In base64. `version` is the topic's SignatureVersion: 1 is SHA1withRSA, 2 SHA256withRSA.
  std::string sign(std::string_view text, int version) const;

  // What only the key's owner can make of the text, in 64 hexadecimal digits.
  std::string token(std::string_view text) const;

 private:
  std::string pem_;
  std::string certificate_;
  std::shared_ptr<EVP_PKEY> key_;
};

}  // namespace doorbuster::engine
