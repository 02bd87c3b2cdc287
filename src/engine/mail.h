// What a topic has for an address, as its reader gets it.
// https://docs.aws.amazon.com/sns/latest/dg/sns-email-notifications.html
#pragma once

#include <string>

namespace doorbuster::engine {

// In UTF-8; the subject is one line.
struct Mail {
  std::string to;
  std::string subject;
  std::string text;
};

// Of a complete notification or confirmation (see notification.h): for people, with the links that
// it has. Throws std::exception if it is neither.
Mail to_mail(const std::string& envelope, std::string to);
// The same as programs read it: the envelope itself, signed.
Mail to_json_mail(const std::string& envelope, std::string signed_envelope, std::string to);

}  // namespace doorbuster::engine
