// opora-ami-sim: the AMI simulator as a process, driven by lines on its input. Its first line says
// its port; each command is answered by one line. It ends with its input. Its results are a
// simulator's.
#include <string>
#include <vector>

#include "tests/support/ami_simulator.h"
#include "tests/support/line_commands.h"

namespace {

using opora::testing::AmiSimulator;
using opora::testing::Words;
using opora::testing::yes;

using Command = opora::testing::LineCommand<AmiSimulator>;

template <auto method>
Command one() {
  return {2, [](AmiSimulator& pbx, const Words& w) {
            (pbx.*method)(w[1]);
            return std::string("ok");
          }};
}
template <auto method>
Command two() {
  return {3, [](AmiSimulator& pbx, const Words& w) {
            (pbx.*method)(w[1], w[2]);
            return std::string("ok");
          }};
}

const opora::testing::LineCommands<AmiSimulator>& commands() {
  static const opora::testing::LineCommands<AmiSimulator> kAll{
      {"adds", two<&AmiSimulator::adds>()},
      {"removes", two<&AmiSimulator::removes>()},
      {"pauses", two<&AmiSimulator::pauses>()},
      {"resumes", one<&AmiSimulator::resumes>()},
      {"loses_phone", one<&AmiSimulator::loses_phone>()},
      {"comes", {3, [](auto& pbx, auto& w) { return pbx.comes(w[1], w[2]); }}},
      {"rings", two<&AmiSimulator::rings>()},
      {"answers", two<&AmiSimulator::answers>()},
      {"hangs_up", one<&AmiSimulator::hangs_up>()},
      {"cut", {1, [](auto& pbx, auto&) { return pbx.cut(), std::string("ok"); }}},
      {"heard", {1, [](auto& pbx, auto&) { return yes(pbx.heard()); }}}};
  return kAll;
}

}  // namespace

int main() {
  AmiSimulator pbx;
  opora::testing::serve_lines(pbx, commands());
}
