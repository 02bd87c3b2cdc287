#include "gateway/server.h"

#include "gateway/server_testing.h"

namespace doorbuster::gateway {
namespace {

TEST_F(ServerTest, AnswersRequestAfterRequestOnOneConnection) {
  start();
  Peer peer(port_);
  for (const std::string name : {"a", "b"}) {
    peer.send(sqs_request("GetQueueUrl", R"({"QueueName":")" + name + R"("})"));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
    EXPECT_TRUE(answer.ends_with(R"({"QueueUrl":"http://localhost/)" + name + R"("})")) << answer;
  }
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  Peer peer(port_);
  std::string all;
  for (int i = 0; i < 20; ++i) {
    all += sqs_request("GetQueueUrl", R"({"QueueName":"q)" + std::to_string(i) + R"("})");
  }
  peer.send(all);
  for (int i = 0; i < 20; ++i) {
    EXPECT_TRUE(peer.answer().ends_with("/q" + std::to_string(i) + "\"}"));
  }
}

TEST_F(ServerTest, TakesARequestByteByByte) {
  start();
  Peer peer(port_);
  peer.socket().set_option(tcp::no_delay(true));
  for (const char c : sqs_request("GetQueueUrl", R"({"QueueName":"slow"})")) {
    peer.send(std::string(1, c));
  }
  EXPECT_TRUE(peer.answer().ends_with("/slow\"}"));
}

TEST_F(ServerTest, TakesAChunkedBody) {
  start();
  Peer peer(port_);
  peer.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
      "Transfer-Encoding: chunked\r\n\r\n"
      "5\r\n{\"Que\r\n11\r\nueName\":\"chunks\"}\r\n0\r\n\r\n");
  EXPECT_TRUE(peer.answer().ends_with("/chunks\"}"));
}

std::string chunked_request(const std::string& body, const std::string& coding = "chunked") {
  return "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
         "Transfer-Encoding: " +
         coding + "\r\n\r\n" + body;
}

// Both are read before anybody is asked who he is.
TEST_F(ServerTest, RefusesAChunksHeadAndATrailerWithoutEnd) {
  for (const std::string begun : {"5;", "2\r\n{}\r\n0\r\nX-Long: "}) {
    ServerOptions options;
    options.limits.head_bytes = 1'024;
    options.limits.piece = std::chrono::seconds(1);
    start(std::move(options));
    Peer peer(port_);
    peer.send(chunked_request(begun + std::string(10'000, 'x')));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
    EXPECT_NE(answer.find("IncompleteBody"), std::string::npos) << answer;
    EXPECT_TRUE(peer.closed());
  }
}

// What such a body is, and where it ends, only somebody can say who knows the coding: to take it
// for none would make it the next request.
TEST_F(ServerTest, RefusesATransferCodingThatIsNotPlainlyChunked) {
  const std::string hidden = sqs_request("GetQueueUrl", R"({"QueueName":"hidden"})");
  for (const std::string coding : {"gzip", "identity", "chunked, gzip", "gzip, chunked", "xchunked",
                                   "gzip\r\nTransfer-Encoding: chunked"}) {
    start();
    Peer peer(port_);
    peer.send(chunked_request(hidden, coding));
    const auto answer = peer.answer();
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 501 ")) << coding << ": " << answer;
    EXPECT_TRUE(peer.closed()) << coding;
  }
}

TEST_F(ServerTest, SaysContinueToAClientThatAsks) {
  start();
  Peer peer(port_);
  const std::string json = R"({"QueueName":"patient"})";
  const auto request = sqs_request("GetQueueUrl", json, "Expect: 100-continue\r\n");
  peer.send(request.substr(0, request.size() - json.size()));
  EXPECT_EQ(peer.answer(), "HTTP/1.1 100 Continue\r\n\r\n");
  peer.send(json);
  EXPECT_TRUE(peer.answer().ends_with("/patient\"}"));
}

TEST_F(ServerTest, ClosesWhenAskedTo) {
  start();
  Peer peer(port_);
  peer.send(sqs_request("GetQueueUrl", R"({"QueueName":"last"})", "Connection: close\r\n"));
  EXPECT_NE(peer.answer().find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(peer.closed());
}

TEST_F(ServerTest, RefusesWhatIsNotHttp) {
  start();
  Peer peer(port_);
  peer.send("EHLO doorbuster\r\n\r\n");
  EXPECT_TRUE(peer.answer().starts_with("HTTP/1.1 400 "));
  EXPECT_TRUE(peer.closed());
}

TEST_F(ServerTest, RefusesAHeadThatIsTooLong) {
  ServerOptions options;
  options.limits.head_bytes = 1'024;
  start(std::move(options));
  Peer peer(port_);
  peer.send("GET / HTTP/1.1\r\nX-Long: " + std::string(2'000, 'x') + "\r\n\r\n");
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 400 ")) << answer;
  EXPECT_NE(answer.find("RequestHeaderSectionTooLarge"), std::string::npos) << answer;
}

TEST_F(ServerTest, RefusesABodyThatIsTooLongBeforeItComes) {
  start();
  Peer peer(port_);
  peer.send(
      "POST / HTTP/1.1\r\nHost: localhost\r\nX-Amz-Target: AmazonSQS.GetQueueUrl\r\n"
      "Content-Length: 1000000000\r\n\r\n{");
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 4")) << answer;
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos) << answer;
}

TEST_F(ServerTest, WantsToKnowHowLongAnObjectIs) {
  start();
  Peer peer(port_);
  peer.send("PUT /bucket/key HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 411 ")) << answer;
  EXPECT_NE(answer.find("<Code>MissingContentLength</Code>"), std::string::npos) << answer;
}

TEST_F(ServerTest, AnswersAnInternalErrorAndTellsTheOperator) {
  std::promise<std::string> logged;
  AwsDoorOptions options;
  options.log = [&logged](std::string_view line) { logged.set_value(std::string(line)); };
  start({}, std::move(options));
  Peer peer(port_);
  peer.send(sqs_request("GetQueueUrl", R"({"QueueName":"broken"})"));
  const auto answer = peer.answer();
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 500 ")) << answer;
  EXPECT_EQ(answer.find("roof"), std::string::npos) << answer;
  EXPECT_NE(logged.get_future().get().find("the roof has fallen in"), std::string::npos);
  peer.send(sqs_request("GetQueueUrl", R"({"QueueName":"next"})"));
  EXPECT_TRUE(peer.answer().ends_with("/next\"}"));
}

TEST_F(ServerTest, ServesPagesOfItsOwn) {
  AwsDoorOptions options;
  options.pages["/_doorbuster/health"] = []() -> cloud::Async<wire::Response> {
    wire::Response response;
    response.body.bytes = "well";
    co_return response;
  };
  options.pages["/gone"] = []() -> cloud::Async<wire::Response> {
    throw cloud::Error("Gone", "It is no more.", 410);
  };
  start({}, std::move(options));
  Peer peer(port_);
  peer.send("GET /_doorbuster/health HTTP/1.1\r\nHost: localhost\r\n\r\n");
  EXPECT_TRUE(peer.answer().ends_with("\r\n\r\nwell"));
  peer.send("GET /gone?really HTTP/1.1\r\nHost: localhost\r\n\r\n");
  const auto gone = peer.answer();
  EXPECT_TRUE(gone.starts_with("HTTP/1.1 410 ")) << gone;
  EXPECT_TRUE(gone.ends_with("\r\n\r\nIt is no more.\n")) << gone;
}

TEST(Listener, RefusesWhatIsNoAddress) {
  EXPECT_THROW(Listener("localhost:80", 0), std::runtime_error);
}

TEST(Listener, RefusesAPortThatIsTaken) {
  const Listener first("127.0.0.1", 0);
  try {
    const Listener second("127.0.0.1", first.port());
    FAIL();
  } catch (const std::runtime_error& e) {
    EXPECT_NE(std::string(e.what()).find("another port"), std::string::npos) << e.what();
  }
}

TEST(AwsDoor, WantsKeysWhereOthersCouldReachIt) {
  wire::KeyRing keys;
  EXPECT_NO_THROW(require_keys(Listener("127.0.0.1", 0), keys));
  EXPECT_THROW(require_keys(Listener("0.0.0.0", 0), keys), std::runtime_error);
  keys.open = false;
  EXPECT_NO_THROW(require_keys(Listener("0.0.0.0", 0), keys));
}

}  // namespace
}  // namespace doorbuster::gateway
