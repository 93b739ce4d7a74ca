// opora-ari-sim: the ARI simulator as a process, driven by lines on its input; what tests of whole
// daemons use as a telephone system. Its first line says its port; each command is answered by one
// line. It ends with its input. Its results are a simulator's.
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/ari_simulator.h"

namespace {

using opora::testing::AriSimulator;
using Words = std::vector<std::string>;
using Answer = std::string;

std::string yes(bool is) { return is ? "yes" : "no"; }

std::string joined(const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& each : texts) out += (out.empty() ? "" : " | ") + each;
  return out;
}

// `words` has as many as the command takes, its own name first.
struct Command {
  std::size_t words;
  std::function<Answer(AriSimulator&, const Words&)> run;
};

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> kAll{
      {"comes", {3, [](auto& pbx, auto& w) { return pbx.comes(w[1], w[2]); }}},
      {"hangs_up", {2, [](auto& pbx, auto& w) { return pbx.hangs_up(w[1]), Answer("ok"); }}},
      {"presses", {3, [](auto& pbx, auto& w) { return pbx.presses(w[1], w[2][0]), Answer("ok"); }}},
      {"registers", {2, [](auto& pbx, auto& w) { return pbx.registers(w[1]), Answer("ok"); }}},
      {"has_somebody_at",
       {2, [](auto& pbx, auto& w) { return pbx.has_somebody_at(w[1]), Answer("ok"); }}},
      {"rings", {2, [](auto& pbx, auto& w) { return yes(pbx.rings(w[1])); }}},
      {"answers", {2, [](auto& pbx, auto& w) { return pbx.answers(w[1]), Answer("ok"); }}},
      {"refuses",
       {3, [](auto& pbx, auto& w) { return pbx.refuses(w[1], std::stoi(w[2])), Answer("ok"); }}},
      {"puts_down", {2, [](auto& pbx, auto& w) { return pbx.puts_down(w[1]), Answer("ok"); }}},
      {"cut", {1, [](auto& pbx, auto&) { return pbx.cut(), Answer("ok"); }}},
      {"bridge_of", {2, [](auto& pbx, auto& w) { return pbx.bridge_of(w[1]); }}},
      {"own_queue", {2, [](auto& pbx, auto& w) { return yes(pbx.at_own_queue(w[1])); }}},
      {"heard", {1, [](auto& pbx, auto&) { return yes(pbx.heard()); }}},
      {"channels", {1, [](auto& pbx, auto&) { return std::to_string(pbx.channels()); }}},
      {"breaks_recordings",
       {1, [](auto& pbx, auto&) { return pbx.breaks_recordings(), Answer("ok"); }}},
      {"recordings", {1, [](auto& pbx, auto&) { return joined(pbx.recordings()); }}},
      {"requests", {1, [](auto& pbx, auto&) { return joined(pbx.requests()); }}}};
  return kAll;
}

Answer answer(AriSimulator& pbx, const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  const auto found = words.empty() ? commands().end() : commands().find(words[0]);
  if (found == commands().end() || found->second.words != words.size()) return "error: " + line;
  return found->second.run(pbx, words);
}

}  // namespace

int main() {
  AriSimulator pbx;
  std::cout << pbx.port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(pbx, line) << std::endl;
}
