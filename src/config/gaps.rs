//! What is not looked for, in words: a gap in privacy is never silent.

use super::resolved::PrivacySettings;

/// The lowest score that findings have by default.
const MIN_SCORE: f32 = 0.4;

impl PrivacySettings {
    /// What the settings leave out of detection, a sentence each; empty where everything is looked for.
    pub fn gaps(&self) -> Vec<String> {
        let mut gaps = Vec::new();
        if !self.model {
            gaps.push(
                "privacy.model is false: names, places, addresses and numbers without a known form are not looked for"
                    .to_owned(),
            );
        }
        if !self.ignore.is_empty() {
            let types: Vec<&str> = self.ignore.iter().map(|entity| entity.as_str()).collect();
            gaps.push(format!("privacy.ignore: {} is not looked for", types.join(", ")));
        }
        if self.min_score > MIN_SCORE {
            let score = self.min_score;
            gaps.push(format!(
                "privacy.min_score is {score}: findings between {MIN_SCORE} and {score} are dropped"
            ));
        }
        if !self.own.allow.is_empty() {
            let n = self.own.allow.len();
            gaps.push(format!("privacy.allow: {n} entries are never replaced"));
        }
        gaps
    }

    /// The same in a few words for the record of a request, without any value: `off=model ignore=URL min_score=0.9`.
    pub fn gaps_in_short(&self) -> Option<String> {
        let mut words = Vec::new();
        if !self.model {
            words.push("off=model".to_owned());
        }
        if !self.ignore.is_empty() {
            let types: Vec<&str> = self.ignore.iter().map(|entity| entity.as_str()).collect();
            words.push(format!("ignore={}", types.join(",")));
        }
        if self.min_score > MIN_SCORE {
            words.push(format!("min_score={}", self.min_score));
        }
        (!words.is_empty()).then(|| words.join(" "))
    }
}
