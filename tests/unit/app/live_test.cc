// Who goes on hearing of changes, and who is closed.
#include "web/app/live.h"

#include <algorithm>
#include <optional>

#include <gtest/gtest.h>

namespace opora::app {
namespace {

constexpr std::chrono::seconds kPatience{60};

// A browser's end of a stream.
class Browser final : public web::WsConnection {
 public:
  web::WsSend send(std::shared_ptr<const std::string> text) override {
    const std::lock_guard lock(mutex_);
    if (code_) return web::WsSend::kClosed;
    heard_.push_back(*text);
    moved_.notify_all();
    return web::WsSend::kQueued;
  }
  void close(std::uint16_t code, std::string_view) override {
    const std::lock_guard lock(mutex_);
    code_ = code;
    moved_.notify_all();
  }
  bool hears(const std::string& part) {
    std::unique_lock lock(mutex_);
    return moved_.wait_for(lock, kPatience, [&] {
      return std::any_of(heard_.begin(), heard_.end(),
                         [&](const auto& text) { return text.find(part) != std::string::npos; });
    });
  }
  bool is_closed() {
    std::unique_lock lock(mutex_);
    return moved_.wait_for(lock, kPatience, [&] { return code_.has_value(); });
  }
  std::optional<std::uint16_t> code() {
    const std::lock_guard lock(mutex_);
    return code_;
  }

 private:
  std::mutex mutex_;
  std::condition_variable moved_;
  std::vector<std::string> heard_;
  std::optional<std::uint16_t> code_;
};

class LiveTest : public testing::Test {
 protected:
  LiveTest() {
    live_.start([] { return std::string(R"({"type":"sync"})"); },
                [this](const LivePass& pass) {
                  const std::lock_guard lock(mutex_);
                  return !revoked_.contains(pass.session);
                });
  }
  ~LiveTest() override { live_.stop(); }

  std::shared_ptr<Browser> open(const std::string& session) {
    auto browser = std::make_shared<Browser>();
    live_.add(web::WsSession(browser), LivePass{{}, {}, session, {}});
    return browser;
  }
  void revoke(const std::string& session) {
    const std::lock_guard lock(mutex_);
    revoked_.insert(session);
  }
  // Two listen; then the first one's user changes.
  std::pair<std::shared_ptr<Browser>, std::shared_ptr<Browser>> one_of_two_loses_the_right() {
    auto first = open("anna");
    auto second = open("boris");
    EXPECT_TRUE(first->hears("sync"));
    revoke("anna");
    live_.changed(protocol::Kind::kUser);
    return {std::move(first), std::move(second)};
  }

  Live live_;

 private:
  std::mutex mutex_;
  std::set<std::string> revoked_;
};

TEST_F(LiveTest, ClosesWhoseRightIsGoneWhenAUserChangesAndLeavesTheOthers) {
  const auto [anna, boris] = one_of_two_loses_the_right();
  ASSERT_TRUE(anna->is_closed());
  EXPECT_EQ(anna->code(), kSignedOut);
  EXPECT_TRUE(boris->hears("users"));
  EXPECT_FALSE(boris->code());
}

TEST_F(LiveTest, ClosesBeforeItTellsOfTheChange) {
  const auto [anna, boris] = one_of_two_loses_the_right();
  ASSERT_TRUE(boris->hears("users"));
  EXPECT_EQ(anna->code(), kSignedOut);
}

TEST_F(LiveTest, ClosesAStreamThatWasRevokedWhileItOpened) {
  revoke("anna");
  const auto anna = open("anna");
  ASSERT_TRUE(anna->is_closed());
  EXPECT_EQ(anna->code(), kSignedOut);
}

TEST_F(LiveTest, ASignOutIsEnough) {
  const auto anna = open("anna");
  ASSERT_TRUE(anna->hears("sync"));
  revoke("anna");
  live_.recheck();
  EXPECT_TRUE(anna->is_closed());
}

}  // namespace
}  // namespace opora::app
