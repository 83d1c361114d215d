//! Issues a passport once as `vc+sd-jwt` and shows each audience its part.
//!
//! `cargo run --example disclosure -- passport.json` prints one line per audience: its name, the number of
//! disclosures and the token.

use batterypass::SigningKey;
use batterypass::access::Audience;
use batterypass::credential::{
    DisclosureOptions, Securing, SignOptions, passport_credential, sign,
};
use batterypass::passport::Passport;
use batterypass::sd_jwt::{Decoys, SdJwt};

fn main() -> Result<(), Box<dyn core::error::Error>> {
    let file = std::env::args().nth(1).ok_or("expected a file")?;
    let passport = Passport::parse(&std::fs::read(file)?)?;
    let operator = SigningKey::random()?;
    let options = SignOptions {
        disclosure: DisclosureOptions {
            decoys: Decoys::PowerOfTwo,
            ..DisclosureOptions::default()
        },
        ..SignOptions::securing(Securing::VcSdJwt)
    };
    let stored = sign(passport_credential(&passport)?, &operator, &options)?.into_text()?;
    let stored: SdJwt = stored.parse()?;
    for audience in Audience::ALL {
        let shown = stored.disclose(audience)?;
        let count = shown.disclosures().len();
        println!("{} {count} {shown}", audience.as_str());
    }
    Ok(())
}
