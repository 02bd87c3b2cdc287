#include "engine/signing_key.h"

#include <openssl/bio.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

#include <stdexcept>

#include "engine/text.h"

namespace doorbuster::engine {
namespace {

constexpr unsigned kBits = 2'048;
constexpr long kDay_s = 86'400;
constexpr long kValid_s = 10'950 * kDay_s;  // thirty years
constexpr std::string_view kCertificate = "-----BEGIN CERTIFICATE-----";

using Bio = std::unique_ptr<BIO, decltype(&BIO_free)>;
using Certificate = std::unique_ptr<X509, decltype(&X509_free)>;
using Digest = std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)>;
using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

void check(bool ok) {
  if (!ok) throw std::runtime_error("OpenSSL can't make or use a key of RSA, 2048 bits");
}

Certificate self_signed(EVP_PKEY* key) {
  Certificate made(X509_new(), &X509_free);
  check(made != nullptr);
  X509_NAME* name = X509_get_subject_name(made.get());
  const auto* cn = reinterpret_cast<const unsigned char*>("Doorbuster SNS");
  const bool ok = X509_set_version(made.get(), 2) &&
                  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1) &&
                  X509_gmtime_adj(X509_getm_notBefore(made.get()), -kDay_s) &&
                  X509_gmtime_adj(X509_getm_notAfter(made.get()), kValid_s) &&
                  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, cn, -1, -1, 0) &&
                  X509_set_issuer_name(made.get(), name) && X509_set_pubkey(made.get(), key) &&
                  X509_sign(made.get(), key, EVP_sha256());
  check(ok);
  return made;
}

}  // namespace

std::string SigningKey::generate() {
  const Key key(EVP_RSA_gen(kBits), &EVP_PKEY_free);
  check(key != nullptr);
  const auto certificate = self_signed(key.get());
  const Bio out(BIO_new(BIO_s_mem()), &BIO_free);
  check(out &&
        PEM_write_bio_PrivateKey(out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr) &&
        PEM_write_bio_X509(out.get(), certificate.get()));
  char* bytes = nullptr;
  const long size = BIO_get_mem_data(out.get(), &bytes);
  return {bytes, static_cast<std::size_t>(size)};
}

SigningKey::SigningKey(std::string pem) : pem_(std::move(pem)) {
  const Bio in(BIO_new_mem_buf(pem_.data(), static_cast<int>(pem_.size())), &BIO_free);
  if (in) key_.reset(PEM_read_bio_PrivateKey(in.get(), nullptr, nullptr, nullptr), &EVP_PKEY_free);
  const auto begin = pem_.find(kCertificate);
  if (!key_ || begin == std::string::npos) {
    throw std::invalid_argument("the key that SNS signs with is not one");
  }
  certificate_ = pem_.substr(begin);
}

std::string SigningKey::sign(std::string_view text, int version) const {
  const Digest digest(EVP_MD_CTX_new(), &EVP_MD_CTX_free);
  const EVP_MD* algorithm = version == 2 ? EVP_sha256() : EVP_sha1();
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::string signature(kBits / 8, '\0');
  std::size_t size = signature.size();
  check(digest && EVP_DigestSignInit(digest.get(), nullptr, algorithm, nullptr, key_.get()) == 1 &&
        EVP_DigestSign(digest.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes, text.size()) == 1);
  signature.resize(size);
  return base64(signature);
}

std::string SigningKey::token(std::string_view text) const {
  unsigned char mac[EVP_MAX_MD_SIZE];
  unsigned size = 0;
  check(HMAC(EVP_sha256(), pem_.data(), static_cast<int>(pem_.size()),
             reinterpret_cast<const unsigned char*>(text.data()), text.size(), mac,
             &size) != nullptr);
  return hex(mac, size);
}

}  // namespace doorbuster::engine
