// A disk that fills up, gives back its reserve, and empties again.
#include "web/app/disk_room.h"

#include <gtest/gtest.h>

#include "tests/support/temp_folder.h"

namespace opora::app {
namespace {

constexpr RoomLimits kLimits{1'000'000, 2'000'000};

class DiskRoomTest : public ::testing::Test {
 protected:
  bool reserve() const { return std::filesystem::exists(folder_ / "reserve"); }
  DiskRoom start() {
    return DiskRoom(folder_.path(), kLimits, [this](const auto&) { return free_; });
  }
  testing::TempFolder folder_;
  std::uint64_t free_ = 100'000'000;
};

TEST_F(DiskRoomTest, AReserveIsKeptWhileThereIsRoom) {
  const DiskRoom room = start();
  EXPECT_FALSE(room.low());
  ASSERT_TRUE(reserve());
  EXPECT_EQ(std::filesystem::file_size(folder_ / "reserve"), kLimits.reserve_bytes);
}

TEST_F(DiskRoomTest, AFullDiskGetsItBackAndNobodyHasToRestartWhenThereIsRoomAgain) {
  DiskRoom room = start();
  free_ = 1'999'999;
  room.look();
  EXPECT_TRUE(room.low());
  EXPECT_FALSE(reserve());
  free_ = 3'000'000;  // the reserve's own bytes: no room for it yet
  room.look();
  EXPECT_TRUE(room.low());
  EXPECT_FALSE(reserve());
  free_ = 5'000'000;
  room.look();
  EXPECT_FALSE(room.low());
  EXPECT_TRUE(reserve());
}

TEST_F(DiskRoomTest, AStartOnAFullDiskGetsTheReserveBackFirst) {
  { const DiskRoom room = start(); }
  ASSERT_TRUE(reserve());
  free_ = 0;
  const DiskRoom room = start();
  EXPECT_TRUE(room.low());
  EXPECT_FALSE(reserve());
}

TEST_F(DiskRoomTest, OnlyWhatFinishesACallIsWrittenMeanwhile) {
  web::Request request;
  for (const char* target : {"/api/v1/contacts", "/api/v1/telephony/events", "/api/v1/agents/me"}) {
    request.target = target;
    EXPECT_TRUE(finishes_a_call(request)) << target;
  }
  for (const char* target : {"/api/v1/users", "/api/v1/problems", "/api/v1/contactsX"}) {
    request.target = target;
    EXPECT_FALSE(finishes_a_call(request)) << target;
  }
  EXPECT_NE(disk_full().message.find("диск заполнен"), std::string::npos);
}

}  // namespace
}  // namespace opora::app
