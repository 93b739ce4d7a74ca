// A server on a free loopback port with a few routes that tests need.
#pragma once

#include <atomic>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "tests/unit/web/raw_client.h"
#include "web/server/server.h"

namespace opora::web {

class ServerTest : public ::testing::Test {
 protected:
  ~ServerTest() override {
    server.reset();
    for (auto& thread : threads) thread.join();
  }

  // GET /hello, POST /echo (the body back), POST /big (as /echo, up to `big_body`), POST /json (as
  // /echo, JSON alone), GET /later (answered by another thread), GET /never (kept in `kept`), GET
  // /drop, GET /throw, GET /large.
  void start(Limits limits = {}) {
    Router router;
    add_routes(router);
    ServerOptions options;
    options.limits = limits;
    start(std::move(options), std::move(router));
  }
  void start(ServerOptions options, Router router) {
    auto started = Server::start(std::move(options), std::move(router));
    ASSERT_TRUE(started.ok()) << started.error().path << ": " << started.error().message;
    server = std::move(started).value();
  }
  void add_routes(Router& router) {
    router
        .on(Method::kGet, "/hello",
            [](Request, PathParams, Respond respond) { respond(text_response(200, "hello")); })
        .on(Method::kPost, "/echo",
            [](Request r, PathParams, Respond respond) { respond(text_response(200, r.body)); },
            {.body = BodyType::kAny})
        .on(Method::kPost, "/big",
            [](Request r, PathParams, Respond respond) { respond(text_response(200, r.body)); },
            {.max_body_bytes = big_body, .body = BodyType::kAny})
        .on(Method::kPost, "/json",
            [](Request r, PathParams, Respond respond) { respond(text_response(200, r.body)); })
        .on(Method::kGet, "/later",
            [this](Request, PathParams, Respond respond) {
              threads.emplace_back([respond] { respond(text_response(200, "later")); });
            })
        .on(Method::kGet, "/never",
            [this](Request, PathParams, Respond respond) {
              const std::lock_guard lock(mutex);
              kept.push_back(std::move(respond));
              changed.notify_all();
            })
        .on(Method::kGet, "/drop", [](Request, PathParams, Respond) {})
        .on(Method::kGet, "/throw",
            [](Request, PathParams, Respond) { throw std::runtime_error("a bug"); })
        .on(Method::kGet, "/large", [this](Request, PathParams, Respond respond) {
          respond(text_response(200, std::string(large_answer, 'x')));
        });
  }

  std::uint16_t port() const { return server->port(); }
  Answer once(std::string_view request) { return RawClient(port()).exchange(request); }
  std::uint64_t refused(Refusal reason) const {
    return server->metrics().refused[static_cast<std::size_t>(reason)];
  }
  // The process lives and serves.
  void expect_alive() { EXPECT_EQ(once(get("/hello")).body, "hello"); }

  // Waits until `condition` holds; fails after kPatience.
  template <class F>
  void wait_until(F&& condition) {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (!condition()) {
      ASSERT_LT(std::chrono::steady_clock::now(), end);
      std::this_thread::sleep_for(std::chrono::milliseconds(2));
    }
  }
  // Waits until a request to /never has arrived and gives its Respond.
  Respond take_kept() {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, kPatience, [&] { return !kept.empty(); }));
    Respond respond = std::move(kept.back());
    kept.pop_back();
    return respond;
  }

  std::size_t big_body = 8 * 1024 * 1024;
  std::size_t large_answer = 4 * 1024 * 1024;
  std::vector<std::thread> threads;  // of /later; touched by one I/O thread, then by the destructor
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Respond> kept;
  std::unique_ptr<Server> server;  // last: goes first
};

}  // namespace opora::web
