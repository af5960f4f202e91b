"""What must never come in, by column and by word: 公正採用選考14事項, 要配慮個人情報, EEOC, age, gender, photo.

Columns: the whole column is dropped. Free text: one such word drops the whole text, because a sentence about a person's
health stays one when a word is cut out of it. A comment dropped by mistake can be written again; a leak stays leaked.
"""

from __future__ import annotations

import re
import unicodedata

_JA_HEADINGS = re.compile(
    r"生年月日|誕生日|生まれ|年齢|年令|満年|性別|性自認|性的指向|国籍|在留|本籍|出身地|出生地|人種|民族|社会的身分|門地"
    r"|家族|続柄|配偶者|扶養|婚姻|既婚|結婚|子供|子ども|住宅|住居|持ち家|持家|間取り|生活環境|家庭環境|資産"
    r"|宗教|信仰|信条|政党|人生観|尊敬する人物|思想|労働組合|労組|学生運動|社会運動|政治活動|購読|愛読書|身元調査"
    r"|健康|病歴|既往|持病|障害|障がい|通院|妊娠|血液型|犯罪|前科|賞罰|写真|顔画像"
)
_EN_HEADINGS = frozenset(
    {
        *("birth", "birthday", "birthdate", "birthplace", "dob", "age", "gender", "sex", "pronouns", "orientation"),
        *("nationality", "citizenship", "race", "racial", "ethnicity", "ethnic", "hispanic", "hometown", "veteran"),
        *("religion", "religious", "creed", "political", "politics", "union", "criminal", "conviction", "convictions"),
        *("marital", "spouse", "children", "family", "pregnancy", "pregnant", "photo", "picture", "headshot"),
        *("disability", "disabilities", "disabled", "health", "medical", "illness", "eeoc", "eeo"),
        *("demographic", "demographics"),
    }
)
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")

_JA_WORDS = re.compile(
    # health
    r"病歴|持病|既往|病気|疾患|通院|入院|服薬|うつ|鬱|メンタル不調|メンタルヘルス|休職|障がい|障害者|手帳|癌"
    r"|がん(?:治療|患者|の疑い)|妊娠|妊活|不妊|感染症|血液型|健康(?:状態|診断|面|上|に)"
    r"|(?:発達|精神|身体|知的|聴覚|視覚|適応|学習|双極性|パニック|睡眠|依存)障害"
    # crime
    r"|前科|前歴|犯罪|逮捕|服役|有罪|執行猶予|少年院|補導|身元調査"
    # creed and politics
    r"|宗教|信仰|信者|入信|教会|クリスチャン|ムスリム|仏教徒|支持政党|党員|政治活動|社会運動|労働組合|労組|組合活動"
    r"|思想|人生観|尊敬する人物|愛読書|購読"
    # origin and family
    r"|本籍|出生地|出身地|国籍|部落|同和|在日|外国人|人種|民族|帰化|家族|父親|母親|両親|配偶者|既婚|未婚|独身|離婚"
    r"|結婚|婚約|シングル(?:マザー|ファザー)|子供|子ども|お子さん|子持ち|育児|介護中|夫の|妻の|扶養|持ち家|借家|間取り"
    r"|家庭環境|生活環境"
    # age, gender, looks
    r"|年齢|高齢|若すぎ|\d[歳才]|生年月日|年生まれ|性別|女性|男性|女子|男子|女の子|男の子|ゲイ(?![ンツ])|レズビアン"
    r"|同性愛|トランスジェンダー|性的指向|容姿|外見|見た目|美人"
)
_EN_WORDS = re.compile(
    r"\b(?:"
    # health
    r"disabilit(?:y|ies)|disabled|pregnan\w*|maternity|illness\w*|cancer|depress(?:ed|ion)|anxiety|bipolar|autis\w+"
    r"|adhd|hiv|mental health|medical (?:history|condition|leave|issue)s?|health (?:condition|issue|problem)s?"
    r"|sick leave|diagnosed|wheelchair"
    # crime, creed, politics
    r"|criminal\w*|convict\w*|arrest\w*|felon\w*|prison|religio\w*|christian\w*|muslim\w*|islam\w*|jewish|buddhis\w*"
    r"|hindu\w*|church|mosque|atheis\w*|political\w*|trade union|labou?r union|union member"
    # origin and family
    r"|rac(?:e|ial)(?! conditions?)|ethnic\w*|nationalit\w*|citizenship|foreigner|immigrant|veteran|married|divorced"
    r"|unmarried|husband|wife|spouse|children|kids|single (?:mother|father|parent)"
    # age, gender, looks
    r"|gender|female|male|woman|man|women|men|transgender|gay|lesbian|years old|year-old|too old|too young"
    r"|(?:his|her|their) age|aged|date of birth|born in|birthday|attractive|good-looking"
    r")\b",
    re.IGNORECASE,
)


def is_forbidden_heading(heading: str) -> bool:
    """The column or field with this heading holds what may not be collected."""
    text = unicodedata.normalize("NFKC", heading)
    words = re.findall(r"[a-z]+", _CAMEL.sub(" ", text).lower())
    return bool(_JA_HEADINGS.search(re.sub(r"\s", "", text))) or not _EN_HEADINGS.isdisjoint(words)


def is_forbidden_word(heading: str) -> bool:
    """The heading is a word of this list and nothing besides, so that it can be repeated."""
    text = unicodedata.normalize("NFKC", heading)
    return bool(_JA_HEADINGS.fullmatch(re.sub(r"\s", "", text))) or text.strip().lower() in _EN_HEADINGS


def mentions_forbidden(text: str) -> bool:
    """Free text that speaks of health, crime, creed, origin, family, age, gender or looks. Cautious on purpose."""
    text = unicodedata.normalize("NFKC", text)
    return bool(_JA_WORDS.search(re.sub(r"[\s・]", "", text)) or _EN_WORDS.search(text))


def forbidden_words(text: str) -> list[str]:
    """The words for which `mentions_forbidden` says yes, so that the writer can take them out."""
    text = unicodedata.normalize("NFKC", text)
    found = [*_JA_WORDS.findall(re.sub(r"[\s・]", "", text)), *_EN_WORDS.findall(text)]
    return sorted(set(found))
