// opora-ari-sim: the ARI simulator with its SIP front as a process, driven by lines on its input;
// what tests of whole daemons use as a telephone system. Its first line says its port; each command
// is answered by one line. It ends with its input. Its results are a simulator's.
#include <string>
#include <vector>

#include "tests/support/ari_simulator.h"
#include "tests/support/line_commands.h"
#include "tests/support/sip_front.h"

namespace {

using opora::testing::AriSimulator;
using opora::testing::yes;
using Answer = std::string;

struct Pbx : AriSimulator {
  opora::testing::SipFront sip{*this};
};

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& each : texts) out += (out.empty() ? "" : " | ") + each;
  return out;
}

const opora::testing::LineCommands<Pbx>& commands() {
  static const opora::testing::LineCommands<Pbx> kAll{
      {"comes", {3, [](auto& pbx, auto& w) { return pbx.comes(w[1], w[2]); }}},
      {"comes_by",
       {10,
        [](auto& pbx, auto& w) {
          return pbx.comes_by(w[1], w[2], w[3], {w[4], w[5], w[6], w[7], w[8], w[9]});
        }}},
      {"leaves_by", {2, [](auto& pbx, auto& w) { return pbx.leaves_by(w[1]); }}},
      {"fate", {2, [](auto& pbx, auto& w) { return pbx.fate(w[1]); }}},
      {"hangs_up", {2, [](auto& pbx, auto& w) { return pbx.hangs_up(w[1]), Answer("ok"); }}},
      {"presses", {3, [](auto& pbx, auto& w) { return pbx.presses(w[1], w[2][0]), Answer("ok"); }}},
      {"registers", {2, [](auto& pbx, auto& w) { return pbx.registers(w[1]), Answer("ok"); }}},
      {"has_somebody_at",
       {2, [](auto& pbx, auto& w) { return pbx.has_somebody_at(w[1]), Answer("ok"); }}},
      {"ends_at",
       {3, [](auto& pbx, auto& w) { return pbx.ends_at(w[1], std::stoi(w[2])), Answer("ok"); }}},
      {"rings", {2, [](auto& pbx, auto& w) { return yes(pbx.rings(w[1])); }}},
      {"answers", {2, [](auto& pbx, auto& w) { return pbx.answers(w[1]), Answer("ok"); }}},
      {"refuses",
       {3, [](auto& pbx, auto& w) { return pbx.refuses(w[1], std::stoi(w[2])), Answer("ok"); }}},
      {"puts_down", {2, [](auto& pbx, auto& w) { return pbx.puts_down(w[1]), Answer("ok"); }}},
      {"picks_up", {3, [](auto& pbx, auto& w) { return pbx.picks_up(w[1], w[2]); }}},
      {"holds", {2, [](auto& pbx, auto& w) { return pbx.holds(w[1], true), Answer("ok"); }}},
      {"unholds", {2, [](auto& pbx, auto& w) { return pbx.holds(w[1], false), Answer("ok"); }}},
      {"refers", {3, [](auto& pbx, auto& w) { return yes(pbx.refers(w[1], w[2])); }}},
      {"refers_attended",
       {3, [](auto& pbx, auto& w) { return yes(pbx.refers(w[1], w[2], Pbx::Refer::kAttended)); }}},
      {"transfer_answer", {2, [](auto& pbx, auto& w) { return pbx.transfer_answer(w[1]); }}},
      {"stranger", {2, [](auto& pbx, auto& w) { return pbx.stranger(w[1]); }}},
      {"sip_port", {1, [](auto& pbx, auto&) { return std::to_string(pbx.sip.port()); }}},
      {"sip_calls", {1, [](auto& pbx, auto&) { return std::to_string(pbx.sip.calls()); }}},
      {"sip_loses",
       {2, [](auto& pbx, auto& w) { return pbx.sip.lose(std::stoi(w[1])), Answer("ok"); }}},
      {"duplicate", {1, [](auto& pbx, auto&) { return pbx.duplicate(), Answer("ok"); }}},
      {"reorder", {1, [](auto& pbx, auto&) { return pbx.reorder(), Answer("ok"); }}},
      {"fail_next",
       {2, [](auto& pbx, auto& w) { return pbx.fail_next(std::stoi(w[1])), Answer("ok"); }}},
      {"fail_behind",
       {2, [](auto& pbx, auto& w) { return pbx.fail_behind(std::stoi(w[1])), Answer("ok"); }}},
      {"stall", {1, [](auto& pbx, auto&) { return pbx.stall(), Answer("ok"); }}},
      {"go_on", {1, [](auto& pbx, auto&) { return pbx.go_on(), Answer("ok"); }}},
      {"flood",
       {3, [](auto& pbx, auto& w) { return std::to_string(pbx.flood(w[1], std::stoi(w[2]))); }}},
      {"cut", {1, [](auto& pbx, auto&) { return pbx.cut(), Answer("ok"); }}},
      {"bridge_of", {2, [](auto& pbx, auto& w) { return pbx.bridge_of(w[1]); }}},
      {"own_queue", {2, [](auto& pbx, auto& w) { return yes(pbx.at_own_queue(w[1])); }}},
      {"heard", {1, [](auto& pbx, auto&) { return yes(pbx.heard()); }}},
      {"channels", {1, [](auto& pbx, auto&) { return std::to_string(pbx.channels()); }}},
      {"ends_prompts", {1, [](auto& pbx, auto&) { return pbx.ends_prompts(), Answer("ok"); }}},
      {"breaks_recordings",
       {1, [](auto& pbx, auto&) { return pbx.breaks_recordings(), Answer("ok"); }}},
      {"recordings", {1, [](auto& pbx, auto&) { return joined(pbx.recordings()); }}},
      {"requests", {1, [](auto& pbx, auto&) { return joined(pbx.requests()); }}}};
  return kAll;
}

}  // namespace

int main() {
  Pbx pbx;
  opora::testing::serve_lines(pbx, commands());
}
