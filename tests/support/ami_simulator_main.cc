// opora-ami-sim: the AMI simulator as a process, driven by lines on its input. Its first line says
// its port; each command is answered by one line. It ends with its input. Its results are a
// simulator's.
#include <functional>
#include <iostream>
#include <map>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/ami_simulator.h"

namespace {

using opora::testing::AmiSimulator;
using Words = std::vector<std::string>;

// `words` has as many as the command takes, its own name first.
struct Command {
  std::size_t words;
  std::function<std::string(AmiSimulator&, const Words&)> run;
};

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

const std::map<std::string, Command>& commands() {
  static const std::map<std::string, Command> kAll{
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
      {"heard", {1, [](auto& pbx, auto&) { return std::string(pbx.heard() ? "yes" : "no"); }}}};
  return kAll;
}

std::string answer(AmiSimulator& pbx, const std::string& line) {
  std::istringstream in(line);
  Words words;
  for (std::string word; in >> word;) words.push_back(word);
  const auto found = words.empty() ? commands().end() : commands().find(words[0]);
  if (found == commands().end() || found->second.words != words.size()) return "error: " + line;
  return found->second.run(pbx, words);
}

}  // namespace

int main() {
  AmiSimulator pbx;
  std::cout << pbx.port() << std::endl;
  for (std::string line; std::getline(std::cin, line);) std::cout << answer(pbx, line) << std::endl;
}
