// Internal: the server's TLS settings.
#pragma once

#include <memory>
#include <string>

#include <boost/asio/ssl/context.hpp>

#include "protocol/base/result.h"

namespace opora::web {

// TLS 1.2 and 1.3, no renegotiation, no compression, HTTP/1.1 by ALPN. Errors have the path
// "tls-cert" or "tls-key".
Result<std::unique_ptr<boost::asio::ssl::context>> make_tls_context(const std::string& cert_file,
                                                                    const std::string& key_file);

}  // namespace opora::web
