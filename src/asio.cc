// The one translation unit that compiles Boost.Asio; every other includes its declarations only.
#include <boost/asio/impl/src.hpp>
#include <boost/asio/ssl/impl/src.hpp>
