#include "aws/http_client.h"

#include <gmock/gmock.h>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_future.hpp>
#include <future>

#include "aws/fake_server.h"
#include "cloud/error.h"

namespace doorbuster::aws {
namespace {

namespace asio = boost::asio;
using asio::ip::tcp;

wire::Response get(HttpClient& client, const Origin& origin, const std::string& target = "/") {
  HttpRequest request;
  request.target = target;
  return run(client.send(origin, std::move(request)));
}

class Pieces final : public cloud::ByteStream {
 public:
  explicit Pieces(std::vector<std::string> pieces) : pieces_(std::move(pieces)) {}
  cloud::Async<std::string> read() override {
    co_return next_ < pieces_.size() ? pieces_[next_++] : std::string();
  }

 private:
  std::vector<std::string> pieces_;
  std::size_t next_ = 0;
};

TEST(HttpClient, SendsARequestAndReadsItsAnswer) {
  FakeServer server{{answer("hello", "X-Colour: red\r\n")}};
  HttpClient client;
  HttpRequest request;
  request.method = "POST";
  request.target = "/a?b=c";
  request.headers = {{"X-Shape", "round"}};
  request.body.bytes = "question";
  const auto response = run(client.send(server.origin(), std::move(request)));
  EXPECT_EQ(response.status, 200);
  EXPECT_EQ(response.body.bytes, "hello");
  EXPECT_THAT(response.headers, testing::Contains(testing::Pair("X-Colour", "red")));
  EXPECT_EQ(server.requests()[0], "POST /a?b=c HTTP/1.1\r\nHost: " + server.origin().authority() +
                                      "\r\nX-Shape: round\r\nContent-Length: 8\r\n\r\nquestion");
}

TEST(HttpClient, KeepsItsConnections) {
  FakeServer server{{answer("1"), answer("2"), answer("3")}};
  HttpClient client;
  EXPECT_EQ(get(client, server.origin()).body.bytes, "1");
  EXPECT_EQ(get(client, server.origin()).body.bytes, "2");
  EXPECT_EQ(get(client, server.origin()).body.bytes, "3");
}

TEST(HttpClient, MakesANewConnectionWhenTheKeptOneIsGone) {
  FakeServer server{{answer("1")}, {answer("2")}};
  HttpClient client;
  EXPECT_EQ(get(client, server.origin()).body.bytes, "1");
  EXPECT_EQ(get(client, server.origin()).body.bytes, "2");
}

TEST(HttpClient, RepeatsWhatAKeptConnectionSwallowed) {
  // The second request is read, then the connection closes without a word.
  FakeServer server{{answer("1"), ""}, {answer("2")}};
  HttpClient client;
  EXPECT_EQ(get(client, server.origin(), "/first").body.bytes, "1");
  EXPECT_EQ(get(client, server.origin(), "/second").body.bytes, "2");
  const auto requests = server.requests();
  ASSERT_EQ(requests.size(), 3);
  EXPECT_EQ(requests[1], requests[2]);
}

TEST(HttpClient, DoesNotRepeatWhatANewConnectionSwallowed) {
  FakeServer server{{""}};
  HttpClient client;
  try {
    get(client, server.origin());
    FAIL();
  } catch (const HttpError& e) {
    EXPECT_EQ(e.kind(), HttpError::Kind::broken);
    EXPECT_THAT(e.what(), testing::HasSubstr(server.origin().str()));
  }
}

TEST(HttpClient, ClosesWhereTheServerSaysSo) {
  FakeServer server{{answer("1", "Connection: close\r\n")}, {answer("2")}};
  HttpClient client;
  EXPECT_EQ(get(client, server.origin()).body.bytes, "1");
  EXPECT_EQ(get(client, server.origin()).body.bytes, "2");
}

TEST(HttpClient, StreamsALongAnswer) {
  const std::string body(3'500'000, 'x');
  FakeServer server{{answer(body), answer("next")}};
  HttpClient client;
  auto response = get(client, server.origin());
  EXPECT_EQ(response.content_length, body.size());
  EXPECT_EQ(response.body.bytes.size(), 1 << 20);
  EXPECT_EQ(run(cloud::read_all(std::move(response.body), body.size())), body);
  EXPECT_EQ(get(client, server.origin()).body.bytes, "next");
}

TEST(HttpClient, SaysSoIfALongAnswerBreaksOff) {
  std::string cut = answer(std::string(3'500'000, 'x'));
  cut.resize(2'000'000);
  FakeServer server{{cut}};
  HttpClient client;
  auto response = get(client, server.origin());
  try {
    run(cloud::read_all(std::move(response.body), cut.size()));
    FAIL();
  } catch (const cloud::Error& e) {
    EXPECT_EQ(e.code(), "IncompleteBody");
  }
}

TEST(HttpClient, ReadsAnAnswerInChunksAndOneThatTheEndEnds) {
  FakeServer server{
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n",
       "HTTP/1.0 200 OK\r\n\r\nto the end"}};
  HttpClient client;
  EXPECT_EQ(get(client, server.origin()).body.bytes, "abcde");
  EXPECT_EQ(get(client, server.origin()).body.bytes, "to the end");
}

TEST(HttpClient, AnAnswerToHeadHasNoBody) {
  FakeServer server{{"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n", answer("next")}};
  HttpClient client;
  HttpRequest request;
  request.method = "HEAD";
  EXPECT_EQ(run(client.send(server.origin(), std::move(request))).content_length, 500);
  EXPECT_EQ(get(client, server.origin()).body.bytes, "next");
}

TEST(HttpClient, SkipsInterimAnswers) {
  FakeServer server{{"HTTP/1.1 100 Continue\r\n\r\n" + answer("final")}};
  HttpClient client;
  EXPECT_EQ(get(client, server.origin()).body.bytes, "final");
}

TEST(HttpClient, StreamsARequestOfKnownLength) {
  FakeServer server{{answer("")}};
  HttpClient client;
  HttpRequest request;
  request.method = "PUT";
  request.body.bytes = "ab";
  request.body.rest = std::make_shared<Pieces>(std::vector<std::string>{"cd", "e"});
  request.content_length = 5;
  EXPECT_EQ(run(client.send(server.origin(), std::move(request))).status, 200);
  EXPECT_THAT(server.requests()[0], testing::EndsWith("\r\nContent-Length: 5\r\n\r\nabcde"));
}

TEST(HttpClient, StreamsARequestOfUnknownLengthInChunks) {
  FakeServer server{{answer("")}};
  HttpClient client;
  HttpRequest request;
  request.method = "PUT";
  request.body.rest = std::make_shared<Pieces>(std::vector<std::string>{"cd", "e"});
  EXPECT_EQ(run(client.send(server.origin(), std::move(request))).status, 200);
  EXPECT_THAT(server.requests()[0],
              testing::EndsWith("chunked\r\n\r\n2\r\ncd\r\n1\r\ne\r\n0\r\n\r\n"));
}

TEST(HttpClient, ABodyThatIsShorterThanAnnouncedIsAnError) {
  FakeServer server{{answer("")}};
  HttpClient client;
  HttpRequest request;
  request.method = "PUT";
  request.body.rest = std::make_shared<Pieces>(std::vector<std::string>{"cd"});
  request.content_length = 5;
  EXPECT_THROW(run(client.send(server.origin(), std::move(request))), cloud::Error);
}

TEST(HttpClient, GivesUpOnAHeadWithoutEnd) {
  FakeServer server{{"HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x') + "\r\n\r\n"}};
  HttpClient client;
  EXPECT_THROW(get(client, server.origin()), HttpError);
}

TEST(HttpClient, GivesUpOnAChunksHeadWithoutEnd) {
  FakeServer server{
      {"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5;" + std::string(100'000, 'x')}};
  HttpClient client;
  try {
    get(client, server.origin());
    FAIL();
  } catch (const HttpError& e) {
    EXPECT_EQ(e.kind(), HttpError::Kind::broken);
    EXPECT_THAT(e.what(), testing::HasSubstr("header limit"));
  }
}

TEST(HttpClient, GivesUpOnATransferCodingThatItDoesNotKnow) {
  FakeServer server{{"HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n"}};
  HttpClient client;
  EXPECT_THROW(get(client, server.origin()), HttpError);
}

TEST(HttpClient, GivesUpOnWhatIsNoHttp) {
  FakeServer server{{"SSH-2.0-OpenSSH_9.2\r\n\r\n"}};
  HttpClient client;
  EXPECT_THROW(get(client, server.origin()), HttpError);
}

TEST(HttpClient, SaysWhereNobodyAnswers) {
  Origin origin;
  {
    asio::io_context context;
    tcp::acceptor closed(context, {asio::ip::address_v4::loopback(), 0});
    origin = {false, "127.0.0.1", std::to_string(closed.local_endpoint().port())};
  }
  HttpClient client;
  try {
    get(client, origin);
    FAIL();
  } catch (const HttpError& e) {
    EXPECT_EQ(e.kind(), HttpError::Kind::unreachable);
    EXPECT_THAT(e.what(), testing::HasSubstr("nothing answers at " + origin.str()));
  }
}

TEST(HttpClient, WhoFindsNoConnectionFreeWaitsForOne) {
  FakeServer server{{answer("1"), answer("2"), answer("3")}};
  HttpClient::Limits limits;
  limits.connections = 1;
  HttpClient client(limits);
  asio::io_context context;
  std::vector<std::future<wire::Response>> responses;
  for (int i = 0; i < 3; ++i) {
    responses.push_back(
        asio::co_spawn(context, client.send(server.origin(), HttpRequest()), asio::use_future));
  }
  context.run();
  std::string all;
  for (auto& response : responses) all += response.get().body.bytes;
  EXPECT_EQ(all, "123");
}

TEST(HttpClient, PostsToAUrl) {
  FakeServer server{{"HTTP/1.1 503 Busy\r\nContent-Length: 0\r\n\r\n"}};
  HttpClient client;
  EXPECT_EQ(run(http_post(client, server.origin().str() + "/hook?x=1", {{"A", "b"}}, "{}")), 503);
  EXPECT_THAT(server.requests()[0], testing::StartsWith("POST /hook?x=1 HTTP/1.1\r\n"));
  EXPECT_THROW(run(http_post(client, "ftp://here/", {}, "")), HttpError);
}

}  // namespace
}  // namespace doorbuster::aws
