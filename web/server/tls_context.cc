#include "web/server/tls_context.h"

#include <string_view>

#include <openssl/ssl.h>

namespace opora::web {
namespace {

namespace ssl = boost::asio::ssl;

// A client that offers only other protocols gets none chosen and speaks HTTP/1.1 or leaves.
int choose_protocol(SSL*, const unsigned char** out, unsigned char* out_size,
                    const unsigned char* in, unsigned int in_size, void*) {
  static constexpr unsigned char kHttp11[] = "\x08http/1.1";
  unsigned char* chosen = nullptr;
  const int found =
      SSL_select_next_proto(&chosen, out_size, kHttp11, sizeof(kHttp11) - 1, in, in_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_NOACK;
  *out = chosen;
  return SSL_TLSEXT_ERR_OK;
}

}  // namespace

Result<std::unique_ptr<ssl::context>> make_tls_context(const std::string& cert_file,
                                                       const std::string& key_file) {
  if (cert_file.empty()) return invalid("tls-cert", "is needed beside tls-key");
  if (key_file.empty()) return invalid("tls-key", "is needed beside tls-cert");
  boost::system::error_code ec;
  auto context = std::make_unique<ssl::context>(ssl::context::tls_server);
  SSL_CTX* raw = context->native_handle();
  SSL_CTX_set_min_proto_version(raw, TLS1_2_VERSION);
  SSL_CTX_set_options(raw, SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS);  // an idle connection keeps 34 KiB less
  SSL_CTX_set_alpn_select_cb(raw, choose_protocol, nullptr);
  if (context->use_certificate_chain_file(cert_file, ec); ec)
    return invalid("tls-cert", cert_file + ": " + ec.message());
  if (context->use_private_key_file(key_file, ssl::context::pem, ec); ec)
    return invalid("tls-key", key_file + ": " + ec.message());
  if (SSL_CTX_check_private_key(raw) != 1)
    return invalid("tls-key", "the key does not belong to the certificate");
  return context;
}

}  // namespace opora::web
