#include "web/app/command.h"

#include <gtest/gtest.h>

namespace opora::app {
namespace {

const AggregateId kAnna = id_from("test", {"anna"});
const AggregateId kBoris = id_from("test", {"boris"});

std::string place(std::string_view key) {
  return to_hex(command_id(kAnna, key).view().substr(0, 6));
}

TEST(CommandId, IsTheSameForTheSameUserAndKeyOnly) {
  for (const char* key : {"form-1", "018f3a2b-1c5d-7123-8456-0123456789ab"}) {
    EXPECT_EQ(command_id(kAnna, key), command_id(kAnna, key));
    EXPECT_NE(command_id(kAnna, key), command_id(kBoris, key));
    EXPECT_NE(command_id(kAnna, key), command_id(kAnna, std::string(key) + "0"));
  }
}

TEST(CommandId, BeginsWithTheTimeOfAUuidThatHasOne) {
  EXPECT_EQ(place("018f3a2b-1c5d-7123-8456-0123456789ab"), "018f3a2b1c5d");
  EXPECT_EQ(place("018F3A2B-1C5D-7123-8456-0123456789AB"), "018f3a2b1c5d");
  EXPECT_EQ(time_of_key("018f3a2b-1c5d-7123-8456-0123456789ab"), TimeMs{0x018f3a2b1c5d});
  EXPECT_EQ(time_of_key("ffffffff-ffff-7123-8456-0123456789ab"), TimeMs{0xffffffffffff});
}

TEST(CommandId, OfTwoUuidsOfOneMomentAndOneUserDiffers) {
  EXPECT_NE(command_id(kAnna, "018f3a2b-1c5d-7123-8456-0123456789ab"),
            command_id(kAnna, "018f3a2b-1c5d-7123-8456-0123456789ac"));
}

TEST(CommandId, TakesNoTimeFromAnyOtherKey) {
  for (const char* key : {
           "018f3a2b-1c5d-4123-8456-0123456789ab",   // of version 4
           "018f3a2b-1c5d-7123-8456-0123456789a",    // too short
           "018f3a2b-1c5d-7123-8456-0123456789abc",  // too long
           "018f3a2b-1c5d_7123-8456-0123456789ab",   // not as a UUID is written
           "018f3a2b-1c5z-7123-8456-0123456789ab",   // not hexadecimal
           "018f3a2b1c5d7123845601234567890123456",
       }) {
    EXPECT_NE(place(key), "018f3a2b1c5d") << key;
    EXPECT_FALSE(time_of_key(key)) << key;
  }
}

}  // namespace
}  // namespace opora::app
