// A body of which a checksum is computed while somebody reads it.
#pragma once

#include <memory>
#include <string>
#include <utility>

#include "cloud/byte_stream.h"
#include "engine/checksums.h"
#include "engine/text.h"

namespace doorbuster::engine {

class SummedBody {
 public:
  // Leaves alone what needs no checksum: no algorithm, or its checksum is `known`.
  SummedBody(cloud::Body body, std::string algorithm, cloud::Checksums known)
      : body_(std::move(body)), algorithm_(std::move(algorithm)) {
    const std::string* there = checksum_of(known, algorithm_);
    if (there == nullptr || !there->empty()) return;
    stream_ = std::make_shared<Stream>(std::move(body_), running_checksum(algorithm_));
    body_ = cloud::Body(stream_);
  }

  // To be read in the place of the one that was given; once.
  cloud::Body body() { return std::move(body_); }

  // Once that has been read to its end.
  void add_to(cloud::Checksums& checksums) {
    if (stream_) *checksum_of(checksums, algorithm_) = base64(stream_->sum->finish());
  }

 private:
  struct Stream final : cloud::ByteStream {
    Stream(cloud::Body from, std::unique_ptr<RunningChecksum> running)
        : source(std::move(from)), sum(std::move(running)) {}

    cloud::Async<std::string> read() override {
      std::string piece = std::exchange(source.bytes, {});
      if (piece.empty() && source.rest) piece = co_await source.rest->read();
      sum->add(piece);
      co_return piece;
    }

    cloud::Body source;
    std::unique_ptr<RunningChecksum> sum;
  };

  cloud::Body body_;
  std::string algorithm_;
  std::shared_ptr<Stream> stream_;
};

}  // namespace doorbuster::engine
