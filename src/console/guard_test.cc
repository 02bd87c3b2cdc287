#include "console/guard.h"

#include <gmock/gmock.h>

#include "shop/answers.h"
#include "shop/testing.h"

namespace doorbuster::console {
namespace {

using shop::Headers;
using ::testing::HasSubstr;
using ::testing::Not;

const std::string kToken = "0123456789abcdef";

class GuardTest : public ::testing::Test {
 protected:
  Guard open() { return {"", random(), clock_}; }
  Guard closed() { return {kToken, random(), clock_}; }
  std::function<std::string(std::size_t)> random() {
    return [this](std::size_t size) { return std::string(size, static_cast<char>(++numbers_)); };
  }
  static wire::RequestHead head(Headers headers, std::string_view method = "GET",
                                std::string_view query = "") {
    wire::RequestHead head;
    head.method = method;
    head.path = "/console/api/system";
    head.query = query;
    head.headers = std::move(headers);
    return head;
  }
  // The status that it is refused with; 0 if it isn't.
  template <class Check>
  static int status_of(const Check& check) {
    try {
      check();
    } catch (const shop::Problem& e) {
      return e.status;
    }
    return 0;
  }
  static int host_status(const Guard& guard, std::string_view host) {
    return status_of([&] { guard.check_host(head({{"Host", host}})); });
  }
  static int origin_status(const wire::RequestHead& request) {
    const shop::FakeClock clock;
    const Guard guard("", {}, clock);
    return status_of([&] { guard.check_origin(request); });
  }
  static int session_status(Guard& guard, std::string_view cookie) {
    return status_of([&] { guard.check_session(head({{"Cookie", cookie}})); });
  }
  static int bearer_status(Guard& guard, std::string_view authorization) {
    return status_of([&] { guard.check_bearer(head({{"Authorization", authorization}})); });
  }
  // What a browser sends of a Set-Cookie.
  static std::string sent(const std::string& cookie) { return cookie.substr(0, cookie.find(';')); }

  shop::FakeClock clock_;
  int numbers_ = 0;
};

TEST_F(GuardTest, AnswersOnThisMachineOnlyToItsNames) {
  const auto guard = open();
  for (const char* host : {"localhost", "LocalHost:8000", "127.0.0.1:8000", "127.0.0.1",
                           "127.1.2.3", "[::1]:8000", "[::1]"}) {
    EXPECT_EQ(host_status(guard, host), 0) << host;
  }
  for (const char* host : {"evil.example:8000", "localhost.evil.example", "127.0.0.1.evil.example",
                           "192.168.0.1", "0.0.0.0", "[2001:db8::1]", "", ":8000"}) {
    EXPECT_EQ(host_status(guard, host), 403) << host;
  }
  EXPECT_EQ(status_of([&] { guard.check_host(head({})); }), 403);
  EXPECT_EQ(host_status(closed(), "console.example"), 0);
}

TEST_F(GuardTest, TakesNothingFromOtherSites) {
  EXPECT_EQ(origin_status(head({})), 0);
  EXPECT_EQ(origin_status(head({{"Sec-Fetch-Site", "same-origin"}})), 0);
  EXPECT_EQ(origin_status(head({{"Sec-Fetch-Site", "cross-site"}})), 403);
  EXPECT_EQ(origin_status(head({{"Sec-Fetch-Site", "same-site"}})), 403);
  EXPECT_EQ(origin_status(head({{"Origin", "http://evil.example"}, {"Host", "localhost"}})), 403);
}

TEST_F(GuardTest, WantsAHeaderOfWhatChangesAnything) {
  for (const char* method : {"POST", "PUT", "DELETE", "PATCH"}) {
    EXPECT_EQ(origin_status(head({}, method)), 403) << method;
    EXPECT_EQ(origin_status(head({{"X-Console", "1"}}, method)), 0) << method;
  }
  EXPECT_EQ(origin_status(head({}, "HEAD")), 0);
  EXPECT_EQ(origin_status(head({}, "GET", "list-type=2")), 0);
  EXPECT_EQ(origin_status(head({}, "GET", "Action=DeleteQueue&QueueUrl=q")), 403);
  EXPECT_EQ(origin_status(head({{"X-Amz-Target", "AmazonSQS.DeleteQueue"}})), 403);
}

TEST_F(GuardTest, AsksForNothingOnThisMachine) {
  auto guard = open();
  EXPECT_EQ(session_status(guard, ""), 0);
  EXPECT_EQ(bearer_status(guard, ""), 0);
  EXPECT_EQ(guard.sign_in("", false), "");
}

TEST_F(GuardTest, KnowsWhoHasSignedIn) {
  auto guard = closed();
  EXPECT_EQ(session_status(guard, ""), 401);
  const auto cookie = guard.sign_in(kToken, false);
  EXPECT_THAT(cookie, HasSubstr("; HttpOnly; SameSite=Strict"));
  EXPECT_THAT(cookie, HasSubstr("; Path=/console;"));
  EXPECT_THAT(cookie, Not(HasSubstr(kToken)));
  EXPECT_THAT(cookie, Not(HasSubstr("Secure")));
  EXPECT_THAT(guard.sign_in(kToken, true), HasSubstr("; Secure"));
  EXPECT_EQ(session_status(guard, sent(cookie)), 0);
  EXPECT_EQ(session_status(guard, "a=b; " + sent(cookie) + "; c=d"), 0);
  EXPECT_EQ(session_status(guard, sent(cookie) + "0"), 401);
  EXPECT_EQ(session_status(guard, "doorbuster_console="), 401);
}

TEST_F(GuardTest, RefusesAnotherToken) {
  auto guard = closed();
  for (const std::string& token : {std::string(), kToken + "0", kToken.substr(1)}) {
    EXPECT_EQ(status_of([&] { guard.sign_in(token, false); }), 401) << token;
  }
}

TEST_F(GuardTest, ForgetsWhoHasSignedOut) {
  auto guard = closed();
  const auto cookie = sent(guard.sign_in(kToken, false));
  const auto other = sent(guard.sign_in(kToken, false));
  EXPECT_THAT(guard.sign_out(head({{"Cookie", cookie}}), false), HasSubstr("Max-Age=0"));
  EXPECT_EQ(session_status(guard, cookie), 401);
  EXPECT_EQ(session_status(guard, other), 0);
}

TEST_F(GuardTest, ForgetsWhoSignedInLongAgo) {
  auto guard = closed();
  const auto cookie = sent(guard.sign_in(kToken, false));
  clock_.time += std::chrono::hours(12);
  EXPECT_EQ(session_status(guard, cookie), 401);
  const auto first = sent(guard.sign_in(kToken, false));
  for (int i = 0; i < 100; ++i) guard.sign_in(kToken, false);
  EXPECT_EQ(session_status(guard, first), 401);
}

TEST_F(GuardTest, TakesTheTokenItselfOfPrograms) {
  auto guard = closed();
  EXPECT_EQ(bearer_status(guard, "Bearer " + kToken), 0);
  EXPECT_EQ(bearer_status(guard, "bearer " + kToken), 0);
  for (const std::string& wrong : {std::string(), std::string("Bearer "), kToken, "Basic " + kToken,
                                   "Bearer " + kToken + "x"}) {
    EXPECT_EQ(bearer_status(guard, wrong), 401) << wrong;
  }
}

}  // namespace
}  // namespace doorbuster::console
