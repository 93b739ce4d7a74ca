#include "deploy/tool/alarm_words.h"

#include <algorithm>
#include <array>

namespace opora::tool {

namespace {

constexpr std::array kAlarms = {
    AlarmWords{"amnesia", "the site's store is behind what the region holds",
               "nothing, the lost records come back from the region; find out why they were lost"},
    AlarmWords{"fork", "two different histories of one site",
               "find the second copy of the node (a cloned disk or machine) and stop it"},
    AlarmWords{"doubled", "two nodes work with one key", "stop the one too many"},
    AlarmWords{"clock", "the clocks differ by more than a minute",
               "set the node's clock and turn time synchronisation on"},
    AlarmWords{"set_aside", "a record was set aside, the stream went on",
               "update the region and the sites; it is applied after the update"},
    AlarmWords{"chain", "records came out of order twice", "look at the disk of the sender"},
    AlarmWords{"source", "a journal cannot be read",
               "run opora verify there, and restore a backup if it has findings"},
    AlarmWords{"persist", "the disk refused a write",
               "make room and check the disk; the exchange goes on by itself"},
    AlarmWords{"file", "chunks of a file do not have their hash",
               "run opora verify where the file was attached; it is asked for again"},
    AlarmWords{"version", "no common version of the protocol", "update the side that is behind"},
    AlarmWords{"withdrawn", "the site runs an older program and waits: a record was withdrawn",
               "update the site's program; the rest goes on, the record is not sent"},
    AlarmWords{"protocol", "the rules of the exchange were broken",
               "find out which node it is; update it, or revoke its key"},
    AlarmWords{"identity", "the key belongs to another site",
               "give the node that connects an enrolment code of its own"},
    AlarmWords{"restored", "the hub was restored from a backup",
               "nothing, what the backup lacked comes again; the streams say how far it is"},
    AlarmWords{"store_loss", "the store lost records that were saved",
               "check the disk; what the region has comes back by itself, it has nothing else"},
    AlarmWords{"store_loss_mended", "what the store had lost is back",
               "check the disk: it lost what was saved"},
    AlarmWords{"safety_failed", "the second device for unsent records does not work",
               "check it; the site works on, with what the region lacks on one device alone"},
    AlarmWords{"disk_full", "the disk is full",
               "make room; calls are taken down, all else is refused. Nothing needs a restart"},
};

}  // namespace

const AlarmWords* words_of_alarm(std::string_view code) {
  const auto* found =
      std::ranges::find_if(kAlarms, [&](const AlarmWords& words) { return words.code == code; });
  return found != kAlarms.end() ? found : nullptr;
}

}  // namespace opora::tool
