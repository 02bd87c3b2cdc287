// The files that the pages are made of, as web/pack.mjs packs them into the program.
#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "wire/http.h"

namespace doorbuster::shop {

// Made once; may be used from any thread.
class Assets {
 public:
  // Throws std::runtime_error if it is no such file. The bytes must outlive the assets.
  explicit Assets(std::string_view packed);

  // The file at this path in the best coding that the client takes, or 304 if it has the file
  // already; 404 if there is none. What is under /assets/ has its digest in its name, and may be
  // kept for ever.
  wire::Response get(std::string_view path, const wire::RequestHead& head) const;

 private:
  struct Coding {
    std::string name;  // as in Content-Encoding
    std::string_view bytes;
    std::string etag;
  };
  struct File {
    std::string media_type;
    std::vector<Coding> codings;  // the smallest first, identity last
  };

  std::map<std::string, File, std::less<>> files_;
};

// Whether a header that lists what a client takes ("gzip, br;q=0.5, text/*;q=0") has this item with
// a weight above 0. RFC 9110, 12.4.
bool accepts(std::string_view list, std::string_view item);

// The pages of the shop.
const Assets& shop_assets();

}  // namespace doorbuster::shop
