#include <gmock/gmock.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include "tests/support/temp_folder.h"
#include "tests/unit/web/server_fixture.h"
#include "tests/unit/web/ws_client.h"

namespace opora::web {
namespace {

// A fresh self-signed certificate and its key, as PEM files in a directory of their own.
class TlsTest : public ServerTest {
 protected:
  TlsTest() { write_pair("cert.pem", "key.pem"); }

  std::string file(const char* name) const { return (directory / name).string(); }

  void write_pair(const char* cert_name, const char* key_name) {
    EVP_PKEY* key = EVP_EC_gen("P-256");
    X509* cert = X509_new();
    ASN1_INTEGER_set(X509_get_serialNumber(cert), 1);
    X509_gmtime_adj(X509_getm_notBefore(cert), 0);
    X509_gmtime_adj(X509_getm_notAfter(cert), 3600);
    X509_set_pubkey(cert, key);
    X509_NAME* name = X509_get_subject_name(cert);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>("test"), -1, -1, 0);
    X509_set_issuer_name(cert, name);
    X509_sign(cert, key, EVP_sha256());
    FILE* out = std::fopen(file(cert_name).c_str(), "w");
    PEM_write_X509(out, cert);
    std::fclose(out);
    out = std::fopen(file(key_name).c_str(), "w");
    PEM_write_PrivateKey(out, key, nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(out);
    X509_free(cert);
    EVP_PKEY_free(key);
  }

  void start_tls(Limits limits = {}, std::string listen = "127.0.0.1:0") {
    Router router;
    add_routes(router);
    router.on(Method::kGet, "/secure", [](Request r, PathParams, Respond respond) {
      respond(text_response(200, r.secure ? "yes" : "no"));
    });
    router.websocket("/live", [](Request, PathParams, WsUpgrade upgrade) {
      upgrade.accept(
          {.on_open = [](WsSession session) { session.send("hello"); },
           .on_message = [](WsSession session, std::string text) { session.send(std::move(text)); },
           .on_close = nullptr});
    });
    ServerOptions options;
    options.listen = std::move(listen);
    options.limits = limits;
    options.tls_cert_file = file("cert.pem");
    options.tls_key_file = file("key.pem");
    start(std::move(options), std::move(router));
  }
  std::string start_error(const char* cert, const char* key) {
    ServerOptions options;
    options.tls_cert_file = cert;
    options.tls_key_file = key;
    auto started = Server::start(std::move(options), Router());
    return started.ok() ? "started" : started.error().path;
  }

  testing::TempFolder directory;
};

TEST_F(TlsTest, SpeaksHttps) {
  start_tls();
  RawClient client(port());
  ASSERT_TRUE(client.start_tls());
  EXPECT_EQ(client.exchange(get("/secure")).body, "yes");
  const auto echoed = client.exchange(post("/echo", std::string(100'000, 'x')));
  EXPECT_EQ(echoed.body.size(), 100'000u);
  EXPECT_EQ(echoed.field("Strict-Transport-Security"), "max-age=31536000");
  client.send(post("/echo", "one") + get("/later") + get("/large"));
  EXPECT_EQ(client.read_answer().body, "one");
  EXPECT_EQ(client.read_answer().body, "later");
  EXPECT_EQ(client.read_answer().body.size(), large_answer);
  EXPECT_THAT(server->url(), ::testing::StartsWith("https://127.0.0.1:"));
}

TEST_F(TlsTest, MayListenBeyondLoopback) {
  start_tls({}, "0.0.0.0:0");
  RawClient client(port());
  ASSERT_TRUE(client.start_tls());
  EXPECT_EQ(client.exchange(get("/hello")).body, "hello");
}

TEST_F(TlsTest, CarriesWebSockets) {
  start_tls();
  WsClient client(port(), "/live");
  ASSERT_TRUE(client.raw().start_tls());
  ASSERT_EQ(client.handshake().status, 101);
  EXPECT_EQ(client.read().payload, "hello");
  client.send_text("over TLS");
  EXPECT_EQ(client.read().payload, "over TLS");
  client.send_close(1000);
  EXPECT_EQ(client.read_close(), 1000);
}

TEST_F(TlsTest, RefusesOldVersions) {
  start_tls();
  RawClient old(port());
  EXPECT_FALSE(old.start_tls(TLS1_1_VERSION));
  RawClient fine(port());
  EXPECT_TRUE(fine.start_tls(TLS1_2_VERSION));
  wait_until([&] { return refused(Refusal::kTls) == 1; });
}

TEST_F(TlsTest, ClosesOnPlainHttp) {
  start_tls();
  RawClient client(port());
  client.send(get("/hello"));
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refused(Refusal::kTls), 1u);
}

TEST_F(TlsTest, CutsHandshakesThatStall) {
  start_tls({.handshake_ms = 50});
  RawClient client(port());
  EXPECT_TRUE(client.closed());
  EXPECT_EQ(refused(Refusal::kTooSlow), 1u);
}

TEST_F(TlsTest, RefusesRequestsAndClosesAsOverPlainHttp) {
  start_tls();
  RawClient client(port());
  ASSERT_TRUE(client.start_tls());
  EXPECT_EQ(client.exchange("GET /hello HTTP/1.1\r\n\r\n").status, 400);
  client.finish_sending();
  EXPECT_TRUE(client.closed());
}

TEST_F(TlsTest, NamesTheFileThatIsWrong) {
  write_pair("other_cert.pem", "other_key.pem");
  EXPECT_EQ(start_error(file("cert.pem").c_str(), file("missing.pem").c_str()), "tls-key");
  EXPECT_EQ(start_error(file("missing.pem").c_str(), file("key.pem").c_str()), "tls-cert");
  EXPECT_EQ(start_error(file("key.pem").c_str(), file("key.pem").c_str()), "tls-cert");
  EXPECT_EQ(start_error(file("cert.pem").c_str(), file("other_key.pem").c_str()), "tls-key");
  EXPECT_EQ(start_error(file("cert.pem").c_str(), ""), "tls-key");
}

}  // namespace
}  // namespace opora::web
