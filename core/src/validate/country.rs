//! Countries: all codes of ISO 3166-1, and the English names that an address is likely to hold.
//!
//! Upstream's `addressCountry` is any text (D09). Codes can be checked in full. Names cannot, because
//! there is no one list of them in any language; the list here is kept to the Union, its neighbours and
//! the countries where batteries and their materials come from. What is neither is a matter for a
//! person, so it is a warning and not an error.

/// What a text says about a country.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Country {
    /// A code of ISO 3166-1, alpha-2 or alpha-3, or a name of the list.
    Known,
    /// Two or three capital letters that are no code.
    NoSuchCode,
    /// Some other text.
    Unknown,
}

/// Looks a country up. Codes are upper case, names are compared without regard to case.
pub(super) fn country(text: &str) -> Country {
    let is_code = matches!(text.len(), 2 | 3) && text.bytes().all(|b| b.is_ascii_uppercase());
    if is_code {
        // Each pair is five bytes and a blank.
        let mut pairs = CODES.as_bytes().chunks(6);
        let known = match text.as_bytes() {
            [a, b] => pairs.any(|pair| matches!(pair, [c, d, ..] if (a, b) == (c, d))),
            text => pairs.any(|pair| pair.get(2..5) == Some(text)),
        };
        return if known {
            Country::Known
        } else {
            Country::NoSuchCode
        };
    }
    if NAMES.iter().any(|name| name.eq_ignore_ascii_case(text)) {
        Country::Known
    } else {
        Country::Unknown
    }
}

/// Alpha-2 and alpha-3 of the 249 countries, written together.
const CODES: &str = "\
     ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW \
     AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN \
     BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG \
     CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE \
     DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN \
     FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL \
     GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV \
     HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM \
     JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO \
     LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE \
     MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS \
     MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL \
     NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI \
     PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN \
     SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV \
     SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON \
     TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN \
     VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

const NAMES: &[&str] = &[
    "Argentina",
    "Australia",
    "Austria",
    "Belgium",
    "Brazil",
    "Bulgaria",
    "Canada",
    "Chile",
    "China",
    "Croatia",
    "Cyprus",
    "Czech Republic",
    "Czechia",
    "Democratic Republic of the Congo",
    "Denmark",
    "Estonia",
    "Finland",
    "France",
    "Germany",
    "Greece",
    "Hungary",
    "Iceland",
    "India",
    "Indonesia",
    "Ireland",
    "Italy",
    "Japan",
    "Latvia",
    "Liechtenstein",
    "Lithuania",
    "Luxembourg",
    "Malaysia",
    "Malta",
    "Mexico",
    "Morocco",
    "Netherlands",
    "Norway",
    "Poland",
    "Portugal",
    "Republic of Korea",
    "Romania",
    "Serbia",
    "Singapore",
    "Slovakia",
    "Slovenia",
    "South Africa",
    "South Korea",
    "Spain",
    "Sweden",
    "Switzerland",
    "Taiwan",
    "Thailand",
    "Turkey",
    "Türkiye",
    "Ukraine",
    "United Kingdom",
    "United States",
    "United States of America",
    "Viet Nam",
    "Vietnam",
    "Zambia",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_and_names() {
        assert_eq!(CODES.split(' ').count(), 249);
        for text in [
            "DE", "DEU", "XK", "XKX", "EU", "germany", "Germany", "Atlantis", "de", "",
        ] {
            let expected = match text {
                "DE" | "DEU" | "germany" | "Germany" => Country::Known,
                "XK" | "XKX" | "EU" => Country::NoSuchCode,
                _ => Country::Unknown,
            };
            assert_eq!(country(text), expected, "{text}");
        }
    }
}
