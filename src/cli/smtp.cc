#include "cli/smtp.h"

#include <curl/curl.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <stdexcept>
#include <utility>

#include "cli/system.h"

namespace doorbuster::cli {
namespace {

constexpr long kSeconds = 15;  // for a whole mail, as AWS waits for an endpoint

struct Free {
  void operator()(CURL* session) const { curl_easy_cleanup(session); }
  void operator()(curl_slist* list) const { curl_slist_free_all(list); }
  void operator()(curl_mime* mime) const { curl_mime_free(mime); }
  void operator()(CURLU* url) const { curl_url_cleanup(url); }
  void operator()(char* text) const { curl_free(text); }
};
template <class T>
using Owned = std::unique_ptr<T, Free>;

template <class T>
void set(CURL* session, CURLoption option, T value) {
  if (const auto code = curl_easy_setopt(session, option, value)) {
    throw std::runtime_error(curl_easy_strerror(code));
  }
}

Owned<curl_slist> list_of(const std::vector<std::string>& lines) {
  curl_slist* list = nullptr;
  for (const auto& line : lines) list = curl_slist_append(list, line.c_str());
  return Owned<curl_slist>(list);
}

bool has_user(const std::string& url) {
  const Owned<CURLU> parsed(curl_url());
  if (curl_url_set(parsed.get(), CURLUPART_URL, url.c_str(), CURLU_NON_SUPPORT_SCHEME) !=
      CURLUE_OK) {
    throw CommandError(2, url + " is no URL of a mail server: --smtp smtp://HOST:PORT");
  }
  char* user = nullptr;
  const bool found = curl_url_get(parsed.get(), CURLUPART_USER, &user, 0) == CURLUE_OK;
  const Owned<char> owned(user);
  return found;
}

}  // namespace

class Smtp::Session {
 public:
  explicit Session(SmtpOptions options) : options_(std::move(options)), curl_(curl_easy_init()) {
    if (!curl_) throw CommandError(2, "libcurl can't be used");
    set(curl_.get(), CURLOPT_URL, options_.url.c_str());
    set(curl_.get(), CURLOPT_PROTOCOLS_STR, "smtp,smtps");
    const bool signs_in = has_user(options_.url);
    if (signs_in) set(curl_.get(), CURLOPT_PASSWORD, options_.password.c_str());
    set(curl_.get(), CURLOPT_USE_SSL,
        static_cast<long>(signs_in ? CURLUSESSL_ALL : CURLUSESSL_TRY));
    set(curl_.get(), CURLOPT_MAIL_FROM, options_.from.c_str());
    set(curl_.get(), CURLOPT_TIMEOUT, kSeconds);
    set(curl_.get(), CURLOPT_NOSIGNAL, 1L);
  }

  // The server's reply code. Throws std::runtime_error if it gave none.
  int send(const engine::Mail& mail) {
    const auto recipients = list_of({mail.to});
    const auto headers = list_of({"From: AWS Notifications <" + options_.from + '>',
                                  "To: " + mail.to, "Subject: " + mail.subject});
    const Owned<curl_mime> mime(curl_mime_init(curl_.get()));
    auto* text = curl_mime_addpart(mime.get());
    curl_mime_data(text, mail.text.data(), mail.text.size());
    curl_mime_type(text, "text/plain; charset=utf-8");
    curl_mime_encoder(text, "quoted-printable");
    set(curl_.get(), CURLOPT_MAIL_RCPT, recipients.get());
    set(curl_.get(), CURLOPT_HTTPHEADER, headers.get());
    set(curl_.get(), CURLOPT_MIMEPOST, mime.get());
    const auto code = curl_easy_perform(curl_.get());
    long reply = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &reply);
    if (code == CURLE_OK) return static_cast<int>(reply);
    if (reply >= 400) return static_cast<int>(reply);
    throw std::runtime_error(options_.url + ": " + curl_easy_strerror(code));
  }

 private:
  const SmtpOptions options_;
  const Owned<CURL> curl_;
};

Smtp::Smtp(SmtpOptions options) : session_(std::make_unique<Session>(std::move(options))) {}

Smtp::~Smtp() {
  thread_.join();
}

cloud::Async<int> Smtp::send(engine::Mail mail) {
  auto on_thread = [](Session& session, engine::Mail to_send) -> cloud::Async<int> {
    co_return session.send(to_send);
  };
  auto sending = on_thread(*session_, std::move(mail));
  co_return co_await boost::asio::co_spawn(thread_, std::move(sending), boost::asio::use_awaitable);
}

}  // namespace doorbuster::cli
