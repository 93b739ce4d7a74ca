// Watching over a real connection to a simulated Asterisk: what there is, what happens, cuts,
// silence, a wrong password.
#include "node/telephony/ami/connection.h"

#include <algorithm>
#include <chrono>
#include <thread>

#include <gtest/gtest.h>

#include "tests/support/ami_simulator.h"

namespace opora::testing {
namespace {

using namespace telephony::ami;

class Notes final : public Watcher {
 public:
  void reconcile(const Snapshot& all) override {
    note("all: " + std::to_string(all.members.size()) + " " + std::to_string(all.entries.size()) +
         " " + std::to_string(all.channels.size()));
  }
  void hear(const Packet& event) override { note(std::string(event.get("Event"))); }
  void hears(bool comes) override { note(comes ? "comes" : "gone"); }

  std::vector<std::string> all() {
    const std::lock_guard lock(mutex_);
    return notes_;
  }

 private:
  void note(std::string what) {
    const std::lock_guard lock(mutex_);
    notes_.push_back(std::move(what));
  }
  std::mutex mutex_;
  std::vector<std::string> notes_;
};

class LiveAmi : public ::testing::Test {
 protected:
  web::Remote remote(const std::string& password = "secret") const {
    return {"127.0.0.1", static_cast<std::uint16_t>(pbx_.port()), "opora", password};
  }
  // However long it takes on this machine.
  template <class Is>
  static void until(const char* what, Is&& is) {
    for (int i = 0; i < 6'000; ++i) {
      if (is()) return;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    FAIL() << what;
  }
  void until_noted(const std::vector<std::string>& all) {
    until("it is noted", [&] { return notes_.all() == all; });
  }

  AmiSimulator pbx_;
  Notes notes_;
};

TEST_F(LiveAmi, WhatThereIsComesFirstThenWhatHappens) {
  pbx_.adds("desk", "PJSIP/201");
  pbx_.comes("desk", "84951234567");
  Connection connection(remote());
  connection.start(notes_);
  until_noted({"all: 1 1 1", "comes"});
  pbx_.pauses("PJSIP/201", "lunch");
  until_noted({"all: 1 1 1", "comes", "QueueMemberPause"});
}

TEST_F(LiveAmi, ACutIsFollowedByAnotherLook) {
  Connection connection(remote());
  connection.start(notes_);
  until_noted({"all: 0 0 0", "comes"});
  pbx_.cut();
  until_noted({"all: 0 0 0", "comes", "gone", "all: 0 0 0", "comes"});
}

TEST_F(LiveAmi, WhoeverCouldNotTakeItAllIsToldAllAgain) {
  Connection connection(remote());
  connection.start(notes_);
  until_noted({"all: 0 0 0", "comes"});
  connection.begin_anew();
  until_noted({"all: 0 0 0", "comes", "gone", "all: 0 0 0", "comes"});
}

TEST_F(LiveAmi, APbxThatSaysNothingAnyMoreIsGone) {
  Connection connection(remote(), {200, 50});
  connection.start(notes_);
  until("it comes", [&] { return !notes_.all().empty() && notes_.all().back() == "comes"; });
  pbx_.deafen();
  until("it is gone", [&] { return notes_.all().back() == "gone"; });
}

TEST_F(LiveAmi, AWrongPasswordIsTriedAgainWithoutHaste) {
  Connection connection(remote("wrong"));
  connection.start(notes_);
  until("it was tried twice", [&] { return pbx_.actions().size() >= 2; });
  EXPECT_EQ(std::ranges::count(pbx_.actions(), "QueueStatus"), 0);
  EXPECT_TRUE(notes_.all().empty());
}

TEST_F(LiveAmi, AStopDoesNotWaitForThePbx) {
  Connection nobody({"127.0.0.1", 1, "opora", "secret"});
  nobody.start(notes_);
  Connection somebody(remote());
  somebody.start(notes_);
  until("it is heard", [&] { return pbx_.heard(); });
  somebody.stop();
  nobody.stop();
}

}  // namespace
}  // namespace opora::testing
