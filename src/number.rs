//! Exact numbers. 7.5 hours for 0.3 points is 25 hours a point, not 24.999…; so numbers are read from their text into
//! fractions and never pass through binary floating point.

use num_rational::Ratio;

/// An exact fraction.
pub type Number = Ratio<i128>;

/// Most digits that are read; more is not a number anybody means here, and products still fit into 128 bits.
const MAX_DIGITS: usize = 15;

/// A decimal number as written: `50`, `4.5`, `-1`, `+2`, `1e3`. `None` for anything else, and for more than 15 digits.
pub fn parse(text: &str) -> Option<Number> {
    let (negative, body) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let (mantissa, exponent) = match body.find(['e', 'E']) {
        Some(at) => (&body[..at], body[at + 1..].parse::<i32>().ok()?),
        None => (body, 0),
    };
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.bytes().all(|c| c.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || (whole.is_empty() && fraction.is_empty()) {
        return None;
    }
    let whole = whole.trim_start_matches('0');
    let fraction = fraction.trim_end_matches('0');
    if whole.len() + fraction.len() > MAX_DIGITS || exponent.unsigned_abs() > 12 {
        return None;
    }
    let all: i128 = format!("0{whole}{fraction}").parse().ok()?;
    let scale = exponent - i32::try_from(fraction.len()).ok()?;
    let power = 10i128.pow(scale.unsigned_abs());
    let value = if scale >= 0 {
        Number::from_integer(all * power)
    } else {
        Number::new(all, power)
    };
    Some(if negative { -value } else { value })
}

/// Hours of an ISO 8601 duration that is written in hours and minutes only: `PT60H`, `PT1H30M`. Months, weeks and
/// days have no fixed number of study hours, so they give `None`.
pub fn parse_duration_hours(text: &str) -> Option<Number> {
    let time = text.strip_prefix("PT")?;
    let (hours, rest) = match time.split_once('H') {
        Some((hours, rest)) => (parse(hours)?, rest),
        None => (Number::from_integer(0), time),
    };
    let minutes = match rest.strip_suffix('M') {
        Some(minutes) => parse(minutes)?,
        None if rest.is_empty() && time.ends_with('H') => Number::from_integer(0),
        None => return None,
    };
    Some(hours + minutes / Number::from_integer(60))
}

/// For reading: whole, or rounded half up to at most `places` decimals, without trailing zeros.
pub fn display(number: Number, places: u32) -> String {
    let scale = Number::from_integer(10i128.pow(places));
    let scaled = (number * scale + Number::new(1, 2)).floor().to_integer();
    let (sign, scaled) = if scaled < 0 { ("-", -scaled) } else { ("", scaled) };
    let divisor = 10i128.pow(places);
    let fraction = format!("{:0width$}", scaled % divisor, width = places as usize);
    let fraction = fraction.trim_end_matches('0');
    let dot = if fraction.is_empty() || places == 0 { "" } else { "." };
    let fraction = if places == 0 { "" } else { fraction };
    format!("{sign}{}{dot}{fraction}", scaled / divisor)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn division_is_exact_at_the_boundary() {
        let ratio = parse("7.5").expect("number") / parse("0.3").expect("number");
        assert_eq!(ratio, Number::from_integer(25));
    }

    #[test]
    fn text_is_no_number() {
        for text in [
            "",
            ".",
            "1_000",
            "12:30",
            "3-6",
            "0x1F",
            "50 h",
            "1e99",
            "1234567890123456",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }

    #[test]
    fn durations_in_hours_only() {
        assert_eq!(parse_duration_hours("PT60H"), Some(Number::from_integer(60)));
        assert_eq!(parse_duration_hours("PT1H30M"), Some(Number::new(3, 2)));
        assert_eq!(parse_duration_hours("PT90M"), Some(Number::new(3, 2)));
        for text in ["P60M", "P4W", "PT", "PTH", "60H"] {
            assert_eq!(parse_duration_hours(text), None, "{text}");
        }
    }

    #[test]
    fn shown_half_up() {
        assert_eq!(display(Number::new(100, 9), 1), "11.1");
        assert_eq!(display(Number::new(3, 2), 2), "1.5");
        assert_eq!(display(Number::new(1, 200), 2), "0.01");
        assert_eq!(display(Number::from_integer(50), 2), "50");
    }
}
