// Whose page has sent a request, by what browsers say of it.
//
// A door that asks nobody who he is, is there for this machine's programs. But any page that
// somebody here visits can send requests to it, and could read the answers as well if it got its
// own site's name to mean 127.0.0.1 (DNS rebinding). A page can change neither of what gives it
// away: the Host that it sends to, and Origin or Sec-Fetch-Site.
#pragma once

#include <string_view>

#include "wire/http.h"

namespace doorbuster::gateway {

// The name or the address in Host, without brackets and port; empty if there is none.
std::string_view host_of(const wire::RequestHead& head);

// Whether a page of another site sent it: browsers say so, and nobody else has to. Only the hosts
// are compared, since TLS may end before us.
bool is_from_elsewhere(const wire::RequestHead& head);

// Whether no site can have this name: an address, a name without a dot, one under localhost (RFC
// 6761) or under internal, which is reserved for private networks.
bool is_private_name(std::string_view host);

}  // namespace doorbuster::gateway
